"""An edit made in place: the original outside it, the synthetic inside, and no seam between."""

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.imaging.slice import Slice

# Every pixel from the decoder; or the original outside the edit and the synthetic inside.
Mode = Literal["whole", "in place"]

# How far the join reaches beyond the edited pixels, in pixels. The original's own grain gives
# way over the inner GRAIN_SEAM of them; the change in brightness fades out over all of them.
SEAM = 8
GRAIN_SEAM = 3

# The original's brightness follows the model's from here on: finer is grain and edges.
LEVEL_SIGMA = 6.0
GRAIN_SIGMA = 2.0
NEIGHBOURHOOD = 40

# Grain is alike over a few pixels only.
GRAIN_LAG = 4.0

# Fewer pixels of an element than this say nothing of its grain.
FEWEST = 50

# Median absolute deviation to standard deviation, for a normal distribution.
MAD_TO_SIGMA = 1.4826


def in_place(
    original: Slice, before: Slice, after: Slice, edited: np.ndarray, labels: np.ndarray, *, seed: int = 0
) -> Slice:
    """Put an edit into the original picture.

    Inside the edit the result is `after`, moved to the original's brightness (what the decoder
    leaves out at low frequencies, carried in from around the edit) and given grain of the
    neighbourhood's strength and spectrum. Over `SEAM` pixels around it the change that the edit
    made to the synthetic picture fades out. Beyond, each pixel is the original's, bit for bit.

    Parameters
    ----------
    original : Slice
        The picture that was segmented.
    before, after : Slice
        The synthetic pictures of the label maps before and after the edit.
    edited : bool [H, W]
        The pixels whose element changed.
    labels : uint8 [H, W]
        The elements after the edit.
    seed : int
        Of the grain: the same edit gets the same grain.

    Returns
    -------
    Slice
        Marked as synthetic and in place; without an edit it is `original`.

    Raises
    ------
    ValueError
        If the sizes differ.
    """
    shapes = {original.shape, before.shape, after.shape, edited.shape, labels.shape}
    if len(shapes) > 1:
        raise ValueError(f"the pictures, the edited pixels and the elements differ in size: {sorted(shapes)}")
    box = Box.around(edited)
    if box is None:
        return original
    near = box.grow(NEIGHBOURHOOD).clip(original.shape).slices
    inside = edited[near]
    distance = ndimage.distance_transform_edt(~inside)
    drawn = after.pixels[near].astype(np.float64)
    missing = original.pixels[near].astype(np.float64) - before.pixels[near]
    level = _carried_in(missing, distance >= 1)
    fine = missing - ndimage.gaussian_filter(missing, GRAIN_SIGMA)
    noise = np.random.default_rng(seed).standard_normal(original.shape)[near]
    slope = ndimage.gaussian_gradient_magnitude(original.pixels[near].astype(np.float64), GRAIN_SIGMA)
    calm = (distance >= 1) & (slope <= np.median(slope))
    grain = _grain(fine, noise, labels[near], calm, inside)

    # The original's own detail gives way to the new grain; powers add to one, so that neither
    # is weaker halfway.
    fading = np.clip(distance / GRAIN_SEAM, 0, 1) * np.pi / 2
    coarse = missing - fine
    detail = coarse + (level - coarse) * np.cos(fading) ** 2 + fine * np.sin(fading) + grain * np.cos(fading)
    share = (1 + np.cos(np.clip(distance / SEAM, 0, 1) * np.pi)) / 2
    change = share * (drawn - before.pixels[near])
    joined = np.clip(before.pixels[near] + change + detail, -1, 1)

    pixels = original.pixels.copy()
    within = distance < SEAM
    pixels[near][within] = joined[within]
    return Slice(pixels, replace(original.acquisition, synthetic=True, in_place=True))


def _carried_in(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Smooth values [h, w] from where they are known, and from there into the rest."""
    result = np.zeros_like(values)
    settled = np.zeros_like(values)
    # Near the rim the finest scale speaks; deep inside, the first coarse one that reaches there.
    for sigma in LEVEL_SIGMA * 2.0 ** np.arange(6):
        weight = ndimage.gaussian_filter(known.astype(np.float64), sigma)
        smooth = ndimage.gaussian_filter(values * known, sigma) / np.maximum(weight, 1e-9)
        share = (1 - settled) * np.clip(weight / 0.25, 0, 1)
        result += share * smooth
        settled += share
    return result / np.maximum(settled, 1e-9)


def _grain(
    fine: np.ndarray, noise: np.ndarray, labels: np.ndarray, calm: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """White noise [h, w] shaped as the fine detail around the edit is: spectrum and strength.

    Measured where the original is `calm`: elsewhere the detail is edges that the model misses.
    """
    typical = _spread(fine[calm])
    detail = np.where(calm, np.clip(fine, -3 * typical, 3 * typical), 0.0)
    shaped = np.fft.irfft2(np.fft.rfft2(noise) * _amplitudes(detail, calm), s=noise.shape)
    spread = float(shaped.std())
    if spread == 0.0:
        return np.zeros_like(fine)
    strength = np.full(fine.shape, typical)
    for element in np.unique(labels[inside]):
        alike = (labels == element) & calm
        if alike.sum() >= FEWEST:
            strength[labels == element] = _spread(fine[alike])
    return shaped / spread * ndimage.gaussian_filter(strength, GRAIN_SIGMA)


def _amplitudes(detail: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Amplitude spectrum of `detail` [h, w], which is zero where it is not `known`; rfft2's shape.

    By the autocorrelation over pairs of known pixels (Wiener and Khinchin): the spectrum of the
    masked detail itself would be that of the mask as well.
    """
    products, pairs = (_autocorrelation(each) for each in (detail, known.astype(np.float64)))
    rows, columns = (np.fft.fftfreq(length, 1 / length) for length in detail.shape)
    taper = np.exp(-(rows[:, None] ** 2 + columns**2) / (2 * GRAIN_LAG**2))
    correlation = np.where(pairs > 0.5, products / np.maximum(pairs, 1.0), 0.0)
    return np.sqrt(np.maximum(np.fft.rfft2(correlation * taper).real, 0.0))


def _autocorrelation(values: np.ndarray) -> np.ndarray:
    """Sum of products of all pairs of pixels by their distance, [h, w], distances wrapping around."""
    return np.fft.irfft2(np.abs(np.fft.rfft2(values)) ** 2, s=values.shape)


def _spread(values: np.ndarray) -> float:
    """Standard deviation of values [N] by their median: blind to the few that are edges."""
    return MAD_TO_SIGMA * float(np.median(np.abs(values))) if values.size else 0.0
