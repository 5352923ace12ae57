"""How strong the noise of a picture is, and the grain that a decoder has to add for it."""

from collections.abc import Sequence

import numpy as np

from u3edu.editing.boundaries import near_boundary
from u3edu.imaging.high_pass import high_pass, robust_deviation
from u3edu.imaging.slice import MOST_GRAIN

# Of the Gaussian, in pixels, that grain is finer than; see docs/decisions/23.
_GRAIN_SIGMA = 0.6
# Fewer pixels of an element on a slice say little.
_FEWEST = 50
# So many say as much of an element's grain as all other elements do.
_ENOUGH = 500
# An element that gets less, as a share of the strongest grain, squared, says nothing: what is black stays so.
_LEAST_ADDED = 1e-3
# An element's grain differs from the picture's by this factor at most.
_APART = 2.0


def noise_residual(pixels: np.ndarray) -> np.ndarray:
    """What is noise in a picture [H, W], above all; float64 [H, W]."""
    return high_pass(pixels, _GRAIN_SIGMA)


def noise_by_element(
    residual: np.ndarray, labels: np.ndarray, body: np.ndarray, elements: int
) -> tuple[np.ndarray, np.ndarray]:
    """Noise of each element inside the body, away from its boundaries.

    Parameters
    ----------
    residual : float64 [H, W]
        What is noise in a picture, above all; see `noise_residual`.
    labels : uint8 [H, W]
    body : bool [H, W]
    elements : int
        K.

    Returns
    -------
    counts : int64 [K]
        Pixels measured; 0 for elements with too few.
    deviations : float64 [K]
        Robust standard deviation of the residual; 0 where nothing was measured.
    """
    inside = body & ~near_boundary(labels, within=2)
    counts, deviations = np.zeros(elements, dtype=np.int64), np.zeros(elements)
    for element in range(elements):
        values = residual[inside & (labels == element)]
        if len(values) >= _FEWEST:
            counts[element], deviations[element] = len(values), robust_deviation(values)
    return counts, deviations


def element_strengths(
    counts: np.ndarray,
    deviations: np.ndarray,
    drawn: Sequence[float] | np.ndarray,
    plain: Sequence[float] | np.ndarray,
    overall: float,
) -> tuple[float, ...]:
    """How strong grain is to be in each element, as a multiple of `overall`.

    Scanners differ in how much noisier soft tissue is than lungs. An element with few pixels on
    a slice, or none, keeps near to the others.

    Parameters
    ----------
    counts, deviations, drawn, plain
        As for `grain_strength`.
    overall : float
        What that gave.

    Returns
    -------
    tuple of K floats
        1/2 to 2, with three decimals.
    """
    known, strengths = _wanted(counts, deviations, drawn, plain)
    if not overall or not known.any():
        return ()
    multiples = np.ones(len(counts))
    multiples[known] = strengths / overall
    multiples = np.clip(multiples, 1 / _APART, _APART)
    multiples = 1 + (multiples - 1) * counts / (counts + _ENOUGH)
    return tuple(multiples.round(3).tolist())


def mean_noise(counts: Sequence[np.ndarray], deviations: Sequence[np.ndarray]) -> np.ndarray:
    """Noise by element of several pictures together, weighted by their pixels, float64 [K].

    Parameters
    ----------
    counts, deviations : sequence of [K]
        Of each picture; see `noise_by_element`. 0 comes out where there are no pixels.
    """
    pixels = np.sum(counts, axis=0)
    sums = np.sum([count * each for count, each in zip(counts, deviations, strict=True)], axis=0)
    return np.asarray(sums / np.maximum(pixels, 1))


def grain_strength(
    counts: np.ndarray,
    deviations: np.ndarray,
    drawn: Sequence[float] | np.ndarray,
    plain: Sequence[float] | np.ndarray,
    most: float = MOST_GRAIN,
) -> float:
    """How strong a decoder's grain is to be, so that it draws the noise that a picture has.

    Noise that is added and what a decoder draws without it add up in their squares.

    Parameters
    ----------
    counts, deviations : [K]
        Of the picture's `noise_residual`; see `noise_by_element`.
    drawn, plain : sequence of K floats
        Noise in the decoder's pictures with grain of strength 1, and without grain; 0 for an
        element that is not known.
    most : float
        The strongest grain that the decoder has learned. Stronger grain of noise inputs is seen as
        a pattern: on phantoms, whose noise is white, as specks.

    Returns
    -------
    float
        0 to `most`; the mean over the measured pixels, 1 where there are none.
    """
    known, strengths = _wanted(counts, deviations, drawn, plain)
    if not known.any():
        return 1.0
    return float(np.clip(np.average(strengths, weights=counts[known]), 0, most))


def _wanted(
    counts: np.ndarray,
    deviations: np.ndarray,
    drawn: Sequence[float] | np.ndarray,
    plain: Sequence[float] | np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Of which elements the noise is known, bool [K], and how strong grain those want, in order."""
    added = np.square(drawn) - np.square(plain)
    known = (counts > 0) & (added > _LEAST_ADDED * max(added.max(), 0))
    wanted = np.clip(np.square(deviations) - np.square(plain), 0, None)[known]
    return known, np.sqrt(wanted / added[known])
