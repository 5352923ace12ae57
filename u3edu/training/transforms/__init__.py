"""Random transformations: `draw_...` chooses parameters, the result applies them and can be replayed."""
