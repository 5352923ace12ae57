"""What is fine in a picture: above all its noise."""

import numpy as np
from scipy import ndimage

# Standard deviations in a median absolute deviation, for a normal distribution.
_MAD_TO_SIGMA = 1.4826


def high_pass(pixels: np.ndarray, sigma: float = 1.0) -> np.ndarray:
    """A picture less its Gaussian-smoothed self, scaled to keep white noise as strong as it was.

    Parameters
    ----------
    pixels : float32 [H, W]
    sigma : float
        Standard deviation of the Gaussian in pixels.

    Returns
    -------
    float64 [H, W]
    """
    values = pixels.astype(np.float64)
    return (values - ndimage.gaussian_filter(values, sigma)) / _gain(sigma)


def _gain(sigma: float) -> float:
    """Standard deviation of the filter's output for white noise of standard deviation 1."""
    impulse = np.zeros((25, 25))
    impulse[12, 12] = 1.0
    return float(np.sqrt(((impulse - ndimage.gaussian_filter(impulse, sigma)) ** 2).sum()))


def robust_deviation(values: np.ndarray) -> float:
    """Standard deviation by the median absolute deviation, which edges and vessels hardly move."""
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))
