"""Public collections of pictures: what there is, fetching it, and keeping it with its licence."""
