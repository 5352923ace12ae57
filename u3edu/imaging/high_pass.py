"""The high-pass residual: what a picture has finer than a Gaussian of one pixel."""

import numpy as np
from scipy import ndimage

_SIGMA = 1.0

# Standard deviations in a median absolute deviation, for a normal distribution.
_MAD_TO_SIGMA = 1.4826


def high_pass(pixels: np.ndarray) -> np.ndarray:
    """A picture less its Gaussian-smoothed self, scaled to keep white noise as strong as it was.

    Parameters
    ----------
    pixels : float32 [H, W]

    Returns
    -------
    float64 [H, W]
    """
    values = pixels.astype(np.float64)
    return (values - ndimage.gaussian_filter(values, _SIGMA)) / _gain()


def _gain() -> float:
    """Standard deviation of the filter's output for white noise of standard deviation 1."""
    impulse = np.zeros((25, 25))
    impulse[12, 12] = 1.0
    return float(np.sqrt(((impulse - ndimage.gaussian_filter(impulse, _SIGMA)) ** 2).sum()))


def robust_deviation(values: np.ndarray) -> float:
    """Standard deviation by the median absolute deviation, which edges and vessels hardly move."""
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))
