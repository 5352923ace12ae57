"""Noise by element: whether each tissue has the grain that it has in real pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from u3edu.evaluation.boundaries import near_boundary
from u3edu.evaluation.high_pass import high_pass
from u3edu.evaluation.reconstructed import Reconstructed

# Standard deviations in a median absolute deviation, for a normal distribution.
_MAD_TO_SIGMA = 1.4826

# Fewer pixels of an element on a slice say little.
_FEWEST = 50


@dataclass(frozen=True, eq=False)
class NoiseFigures:
    """Noise of each element, away from its boundaries and inside the body.

    Parameters
    ----------
    pixels : int64 [K]
        That were measured.
    real, reconstruction : float64 [K]
        Robust standard deviation of the high-pass residual in intensities of [-1, 1], the mean
        over slices weighted by pixels; NaN for an element without pixels.
    """

    pixels: np.ndarray
    real: np.ndarray
    reconstruction: np.ndarray

    @property
    def ratio(self) -> float:
        """Noise of the reconstructions as a multiple of the real one, the mean over the pixels."""
        seen = (self.pixels > 0) & (self.real > 0)
        if not seen.any():
            return float("nan")
        return float(np.average((self.reconstruction[seen] / self.real[seen]), weights=self.pixels[seen]))


def noise_figures(pairs: Sequence[Reconstructed], elements: int) -> NoiseFigures:
    """Measure both pictures of each pair at the same pixels."""
    pixels = np.zeros(elements, dtype=np.int64)
    sums = np.zeros((2, elements))
    for pair in pairs:
        labels = pair.label_map.labels
        inside = pair.body & ~near_boundary(labels, within=2)
        residuals = [high_pass(one.pixels) for one in (pair.picture, pair.reconstruction)]
        for element in range(elements):
            here = inside & (labels == element)
            count = int(here.sum())
            if count >= _FEWEST:
                pixels[element] += count
                sums[:, element] += [count * robust_deviation(residual[here]) for residual in residuals]
    with np.errstate(invalid="ignore"):
        real, ours = sums / pixels
    return NoiseFigures(pixels, real, ours)


def robust_deviation(values: np.ndarray) -> float:
    """Standard deviation by the median absolute deviation, which edges and vessels hardly move."""
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))
