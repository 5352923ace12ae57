"""The difference of two pictures as colours."""

import numpy as np
from matplotlib import colormaps
from scipy import ndimage

from u3edu.imaging.slice import Slice

# Red and blue around white stay apart for people with any colour-vision deficiency.
_DIVERGING = colormaps["RdBu_r"]
_OUTLINE = 128


def difference_rgb(
    before: Slice, after: Slice, edited: np.ndarray, limit: float | None = None
) -> tuple[np.ndarray, float]:
    """The change as colours: red brighter, blue darker, white the same.

    Parameters
    ----------
    before, after : Slice
    edited : bool [H, W]
        Outlined in grey.
    limit : float, optional
        The change on [-1, 1] at which the colours are full; the largest there is by default.

    Returns
    -------
    uint8 [H, W, 3]
    float
        The limit, the same for both directions.
    """
    change = after.pixels - before.pixels
    limit = float(np.abs(change).max()) or 1.0 if limit is None else limit
    colours = _DIVERGING((np.clip(change / limit, -1, 1) + 1) / 2, bytes=True)[..., :3]
    colours[ndimage.binary_dilation(edited) & ~edited] = _OUTLINE
    return colours, limit
