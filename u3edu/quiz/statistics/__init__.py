"""Scores of a class, and the statistics of a reader study (paper section 3); pure NumPy and SciPy."""
