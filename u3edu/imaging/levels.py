"""A picture's own dark and bright levels, and the common ones on which models for MR work.

MR signal has no unit: in one series the brightest pixels are fat, in the next a vessel close to the
coil. Between their own 20th and 95th percentiles, pictures of the same anatomy look alike.
"""

import numpy as np

from u3edu.imaging.slice import Levels, Slice
from u3edu.imaging.stored import from_levels, to_levels

# Air, bone and muscle make up more than a fifth of a pelvis, fat and fluid more than a twentieth. A
# picture made darker is cut off at black, and the lower level must stand above that: brightness and
# contrast of moderate magnitude move 64 % of the pixels by more than a twentieth of the distance between
# the levels; 11 % are left with the 5th percentile, 4 % with the 20th (two patients' slices).
_PERCENTILES = (20.0, 95.0)

# Pixels near the border count less, by a Gaussian of this standard deviation, in halves of a side: what a
# shift or a zoom brings in there must not move the levels. It halves how far the brighter one moves.
_SPREAD = 0.5

# Room is left on both sides: for black, and for the brightest twentieth.
COMMON = Levels(dark=-0.8, bright=0.35)

_LEAST_DISTANCE = 0.02


def levels_of(picture: Slice) -> Levels:
    """The 20th and 95th percentile of a picture's pixels, those in its middle counting most."""
    stored = to_levels(picture.pixels)
    shares = np.bincount(stored.ravel(), _weights(picture.shape).ravel()).cumsum()
    places = np.searchsorted(shares, np.array(_PERCENTILES) / 100 * shares[-1])
    dark, bright = (float(level) for level in from_levels(places))
    dark = min(dark, 1 - _LEAST_DISTANCE)
    return Levels(dark, max(bright, dark + _LEAST_DISTANCE))


def _weights(shape: tuple[int, int]) -> np.ndarray:
    """How much each pixel counts, float64 [H, W]."""
    rows, columns = (np.exp(-0.5 * (np.linspace(-1, 1, length) / _SPREAD) ** 2) for length in shape)
    return rows[:, None] * columns


def to_common(pixels: np.ndarray, levels: Levels) -> np.ndarray:
    """Pixels with their own levels brought to the common ones, float32, clipped to [-1, 1]."""
    return _between(pixels, levels, COMMON)


def from_common(pixels: np.ndarray, levels: Levels) -> np.ndarray:
    """Pixels with the common levels brought back to `levels`, float32, clipped to [-1, 1]."""
    return _between(pixels, COMMON, levels)


def _between(pixels: np.ndarray, source: Levels, target: Levels) -> np.ndarray:
    slope = (target.bright - target.dark) / (source.bright - source.dark)
    return np.clip(slope * (pixels - source.dark) + target.dark, -1.0, 1.0).astype(np.float32)
