"""Quizzes: items, answers and keys, sessions, marking, and the statistics of a reader study."""
