"""The same slice with pixels of another size."""

import math
from dataclasses import replace

import numpy as np
from scipy.interpolate import make_interp_spline

from u3edu.imaging.slice import Slice

# Degree of the splines between pixels: what is finer than half of what pixels can show stays as it is.
_DEGREE = 5


def resampled(picture: Slice, spacing: float) -> Slice:
    """A slice as the scanner would have drawn it with pixels of another size, about its middle.

    Nothing is smoothed where pixels become larger: scanners don't either, their kernel stays the
    same in mm.

    Parameters
    ----------
    picture : Slice
    spacing : float
        In mm; the geometric mean of both directions, whose ratio is kept.

    Returns
    -------
    Slice
    """
    factor = spacing / picture.pixel_size
    pixels = picture.pixels.astype(np.float64)
    for axis, side in enumerate(picture.shape):
        spline = make_interp_spline(np.arange(side), pixels, min(_DEGREE, side - 1), axis=axis)
        pixels = spline(_places(side, factor))
    row, column = picture.spacing
    acquisition = replace(picture.acquisition, spacing=(row * factor, column * factor), plane=None)
    return Slice(np.clip(pixels, -1, 1).astype(np.float32), acquisition)


def _places(side: int, factor: float) -> np.ndarray:
    """Where the new pixels of a side lie, in pixels of the old one, inside of it."""
    count = max(1, math.floor((side - 1) / factor) + 1)
    return (np.arange(count) - (count - 1) / 2) * factor + (side - 1) / 2
