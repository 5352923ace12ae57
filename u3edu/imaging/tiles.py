"""Square tiles of a picture that lie inside a region."""

import numpy as np

# Rows and columns.
Tile = tuple[slice, slice]


def tiles_inside(
    region: np.ndarray, side: int, step: int, coverage: float = 1.0, first: int = 0
) -> list[Tile]:
    """Rows and columns of every tile of a regular grid that lies inside a region.

    Parameters
    ----------
    region : bool [H, W]
    side : int
        Of a tile, in pixels.
    step : int
        From one tile to the next.
    coverage : float
        The least share of a tile that is inside.
    first : int
        Row and column of the grid's first tile.
    """
    rows, columns = region.shape
    tiles = [
        (slice(top, top + side), slice(left, left + side))
        for top in range(first, rows - side + 1, step)
        for left in range(first, columns - side + 1, step)
    ]
    return [tile for tile in tiles if region[tile].mean() >= coverage]
