"""Gradient magnitudes: posterised pictures have too many pixels without any, and too many steep ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage, stats

from u3edu.evaluation.reconstructed import Reconstructed

# Intensities a pixel, from a tenth of a Hounsfield unit to half of the whole range.
HISTOGRAM_EDGES = np.geomspace(5e-5, 1.0, 61)

# A gradient below this percentile of the real picture's is called flat.
_FLAT_PERCENTILE = 10


@dataclass(frozen=True, eq=False)
class GradientFigures:
    """Gradient magnitudes of reconstructions against those of the real pictures, inside the body.

    Parameters
    ----------
    distance : float
        Wasserstein-1 distance of the two distributions, as a multiple of the real picture's
        mean magnitude; the mean over slices. 0 is perfect.
    flat : float
        Share of pixels whose magnitude is below the real picture's 10th percentile, as a
        multiple of that share in the real picture; the mean over slices. 1 is perfect, a
        posterised picture has more.
    real, reconstruction : float64 [60]
        Share of pixels in each bin of `HISTOGRAM_EDGES`; magnitudes beyond count in the
        outermost bins.
    """

    distance: float
    flat: float
    real: np.ndarray
    reconstruction: np.ndarray


def gradient_figures(pairs: Sequence[Reconstructed]) -> GradientFigures:
    """Compare reconstructions with their originals, slice by slice."""
    distances, flats = [], []
    histograms = np.zeros((2, len(HISTOGRAM_EDGES) - 1))
    for pair in pairs:
        # The steep rim of the body is not what posterisation is looked for in.
        inside = ndimage.binary_erosion(pair.body, iterations=2)
        real, ours = (gradient_magnitude(one.pixels)[inside] for one in (pair.picture, pair.reconstruction))
        distances.append(gradient_distance(real, ours))
        flats.append(flat_ratio(real, ours))
        histograms += [_histogram(real), _histogram(ours)]
    shares = histograms / histograms.sum(axis=1, keepdims=True)
    return GradientFigures(float(np.mean(distances)), float(np.mean(flats)), shares[0], shares[1])


def gradient_magnitude(pixels: np.ndarray) -> np.ndarray:
    """Length of the central-difference gradient, float64 [H, W], in intensities a pixel."""
    return np.hypot(*np.gradient(pixels.astype(np.float64)))


def gradient_distance(real: np.ndarray, ours: np.ndarray) -> float:
    """Wasserstein-1 distance of two samples of magnitudes, as a multiple of the mean of the first."""
    return float(stats.wasserstein_distance(real, ours) / real.mean())


def flat_ratio(real: np.ndarray, ours: np.ndarray) -> float:
    """How many times as many magnitudes are next to zero as in the real sample."""
    threshold = np.percentile(real, _FLAT_PERCENTILE)
    # Whole Hounsfield units have ties: the share below is that of the sample, not exactly a tenth.
    return float((ours <= threshold).mean() / (real <= threshold).mean())


def _histogram(magnitudes: np.ndarray) -> np.ndarray:
    clipped = np.clip(magnitudes, HISTOGRAM_EDGES[0], HISTOGRAM_EDGES[-1])
    return np.histogram(clipped, HISTOGRAM_EDGES)[0]
