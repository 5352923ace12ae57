"""What a scanner adds to a phantom: texture, coil bias, blur and noise."""

import numpy as np
from scipy import ndimage


def smooth_field(
    rng: np.random.Generator, shape: tuple[int, int], sigma: float | tuple[float, float]
) -> np.ndarray:
    """Gaussian random field of mean 0 and SD 1, float32 [H, W]; `sigma` in pixels (row, column)."""
    field = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), sigma, mode="wrap")
    return field / max(float(field.std()), 1e-9)


def septa(rng: np.random.Generator, shape: tuple[int, int], sigma: float | tuple[float, float]) -> np.ndarray:
    """Thin curved strands, float32 [H, W] in 0 to 1: where a smooth field passes through 0."""
    field = smooth_field(rng, shape, sigma)
    slope = np.hypot(*np.gradient(field)) + 1e-3
    # The distance to the zero line is about field / slope, in pixels.
    return np.exp(-((field / slope / 0.7) ** 2)).astype(np.float32)


def coil_bias(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> np.ndarray:
    """Sensitivity of surface coils in front of and behind the body.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (rows, columns)
    strength : float
        0 for an even picture; with 1 the picture's front and back are about 1.7 times as
        bright as its middle.

    Returns
    -------
    float32 [H, W], of mean 1
    """
    rows, columns = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    front, back = rng.uniform(0.3, 0.7, 2)
    tilt = rng.uniform(-0.15, 0.15)
    near = front * np.exp(-(rows + 1) / 0.45) + back * np.exp((rows - 1) / 0.45)
    bias = 1 + strength * (near + tilt * columns - 0.12 * columns**2)
    return (bias / bias.mean()).astype(np.float32)


def rician(signal: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Magnitude of a signal with Gaussian noise of SD `sigma` in both channels (Rice).

    Source: Gudbjartsson and Patz, Magn Reson Med 34:910, 1995, equation 1.
    """
    real = signal + sigma * rng.standard_normal(signal.shape, dtype=np.float32)
    imaginary = sigma * rng.standard_normal(signal.shape, dtype=np.float32)
    return np.hypot(real, imaginary)


def ct_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> np.ndarray:
    """Noise of SD `sigma` HU with the grain of a soft reconstruction kernel, float32 [H, W].

    Filtered back-projection leaves little noise at the lowest and, with a soft kernel, at the
    highest frequencies: a band-pass, here the difference of two Gaussians.
    """
    white = rng.standard_normal(shape, dtype=np.float32)
    grain = ndimage.gaussian_filter(white, 0.6) - ndimage.gaussian_filter(white, 2.5)
    return sigma * grain / float(grain.std())
