"""Noise by element: whether each tissue has the grain that it has in real pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from u3edu.engine.grain_strength import noise_by_element
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.high_pass import high_pass


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
        for both, picture in zip(sums, (pair.picture, pair.reconstruction), strict=True):
            counts, deviations = noise_by_element(
                high_pass(picture.pixels), pair.label_map.labels, pair.body, elements
            )
            both += counts * deviations
        pixels += counts
    with np.errstate(invalid="ignore"):
        real, ours = sums / pixels
    return NoiseFigures(pixels, real, ours)
