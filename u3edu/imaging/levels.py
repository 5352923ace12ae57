"""A picture's own dark and bright levels, and the common ones on which models for MR work.

MR signal has no unit: in one series the brightest pixels are fat, in the next a vessel close to the
coil. Between their own 5th and 95th percentiles, pictures of the same anatomy look alike.
"""

import numpy as np

from u3edu.imaging.slice import Levels, Slice

# Air and cortical bone make up far more than a twentieth of a pelvis, fat and fluid, too.
_PERCENTILES = (5.0, 95.0)

# Room is left above: the brightest twentieth reaches up to 1.
COMMON = Levels(dark=-0.9, bright=0.6)

_LEAST_DISTANCE = 0.02


def levels_of(picture: Slice) -> Levels:
    """The 5th and 95th percentile of a picture's pixels."""
    dark, bright = (float(level) for level in np.percentile(picture.pixels, _PERCENTILES))
    return Levels(dark, max(bright, dark + _LEAST_DISTANCE))


def to_common(pixels: np.ndarray, levels: Levels) -> np.ndarray:
    """Pixels with their own levels brought to the common ones, float32, clipped to [-1, 1]."""
    return _between(pixels, levels, COMMON)


def from_common(pixels: np.ndarray, levels: Levels) -> np.ndarray:
    """Pixels with the common levels brought back to `levels`, float32, clipped to [-1, 1]."""
    return _between(pixels, COMMON, levels)


def _between(pixels: np.ndarray, source: Levels, target: Levels) -> np.ndarray:
    slope = (target.bright - target.dark) / (source.bright - source.dark)
    return np.clip(slope * (pixels - source.dark) + target.dark, -1.0, 1.0).astype(np.float32)
