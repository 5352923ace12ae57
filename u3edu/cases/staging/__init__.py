"""T categories and nodule management as pure functions, each with its scheme and edition."""
