"""Borders as hard as a brush paints them, with the elements between that the encoder would see.

An encoder that looks through a Gaussian never steps from black to white from one pixel to the next: its
maps lead from one to the other through the elements between. A brush paints none of these; a decoder
that has learned from the encoder's maps draws a dark and a bright line along such a border (see
docs/decisions/23).
"""

import math

import numpy as np
from scipy import ndimage

# Hardly any of the encoder's own steps is larger than those before and after it by more elements than this.
_STEEPEST = 2
# Pixels on either side of a hard border that may change.
_WIDTH = 2
# Of the encoder's Gaussian: edits then have the energy along boundaries that real tissue has.
_NARROWER = 0.85
# Whole numbers, so that sums are the same on every machine.
_UNIT = 1000


def border_reach(blur: float) -> int:
    """How far a changed label can reach in what `soft_borders` gives, in pixels."""
    return max(len(_kernel(blur)) // 2, _WIDTH + 1) if blur else 0


def soft_borders(labels: np.ndarray, blur: float) -> np.ndarray:
    """Labels with the elements between put along hard borders.

    Near such a border each pixel gets the element that a Gaussian makes of those around it.

    Parameters
    ----------
    labels : uint8 [H, W]
        Of elements in order from dark to bright.
    blur : float
        Standard deviation of the Gaussian in pixels (`U3NetConfig.encoder_blur`); 0 changes nothing.

    Returns
    -------
    uint8 [H, W]
    """
    if not blur:
        return labels
    # Done after every stroke, and a third slower with a wider type (measured).
    numbers = labels.astype(np.int16)
    hard = _beside_hard_borders(numbers) | _beside_hard_borders(numbers.T).T
    if not hard.any():
        return labels
    near = ndimage.binary_dilation(hard, iterations=_WIDTH - 1)
    kernel, sums = _kernel(blur), labels.astype(np.int64)
    for axis in (0, 1):
        sums = ndimage.correlate1d(sums, kernel, axis, mode="nearest")
    whole = int(kernel.sum()) ** 2
    rounded = (2 * sums + whole) // (2 * whole)
    return np.where(near, rounded, labels).astype(np.uint8)


def _kernel(blur: float) -> np.ndarray:
    """The Gaussian, int64 [2 R + 1]."""
    deviation = _NARROWER * blur
    reach = math.ceil(3 * deviation)
    offsets = np.arange(-reach, reach + 1)
    return np.rint(_UNIT * np.exp(-0.5 * (offsets / deviation) ** 2)).astype(np.int64)


def _beside_hard_borders(numbers: np.ndarray) -> np.ndarray:
    """Pixels above and below a hard border, bool [H, W], of labels int16 [H, W]."""
    steps = np.diff(numbers, axis=0)
    hard = np.zeros(steps.shape, dtype=bool)
    for rising in (steps, -steps):
        # Beyond the picture nothing rises.
        around = np.pad(rising, ((1, 1), (0, 0)))
        hard |= rising - np.maximum(np.maximum(around[:-2], around[2:]), 0) > _STEEPEST
    beside = np.zeros(numbers.shape, dtype=bool)
    beside[:-1] |= hard
    beside[1:] |= hard
    return beside
