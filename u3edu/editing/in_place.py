"""An edit made in place: the original outside it, the synthetic inside, and no seam between."""

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.imaging.slice import Slice

# Every pixel from the decoder; or the original outside the edit and the synthetic inside.
Mode = Literal["whole", "in place"]

# How far the join reaches beyond the edited pixels, in pixels. The original gives way over the
# inner GRAIN_SEAM of them; the change in brightness fades out over all of them.
SEAM = 8
GRAIN_SEAM = 3

# The original's brightness follows the model's from here on: finer is grain and edges.
LEVEL_SIGMA = 6.0
GRAIN_SIGMA = 2.0
NEIGHBOURHOOD = 40

# Grain is alike over a few pixels only; how strong it is, is measured where structure has least part.
GRAIN_LAG = 4.0
FINE_SIGMA = 1.0

# Coarser than grain: places must not be taken for calm because they happen to have little of it.
CALM_SIGMA = 4.0

# Fewer pixels than this say nothing of grain; as many as that say enough.
FEWEST, ENOUGH = 50, 500

# Median absolute deviation to standard deviation, for a normal distribution.
MAD_TO_SIGMA = 1.4826


def in_place(
    original: Slice, before: Slice, after: Slice, edited: np.ndarray, labels: np.ndarray, *, seed: int = 0
) -> Slice:
    """Put an edit into the original picture.

    Inside the edit the result is `after`, moved to the original's brightness (what the decoder
    leaves out at low frequencies, carried in from around the edit) and given the grain that it
    lacks beside the neighbourhood's. Over `SEAM` pixels around it the change that the edit
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
    real = original.pixels[near].astype(np.float64)
    first, drawn = (each.pixels[near].astype(np.float64) for each in (before, after))
    level = _carried_in(real - first, distance >= 1)
    noise = np.random.default_rng(seed).standard_normal((2, *original.shape))[(slice(None), *near)]
    lacking, grain = _grains(real, drawn + level, noise, labels[near], distance)

    # What the edit changed fades out over the whole join; the original gives way over its inner
    # part. Shares that add to one keep what both pictures show as strong as it is; their grain,
    # which they do not share, would be too weak halfway: the rest is new.
    changed = real + (drawn - first) * (1 + np.cos(np.clip(distance / SEAM, 0, 1) * np.pi)) / 2
    share = np.cos(np.clip(distance / GRAIN_SEAM, 0, 1) * np.pi / 2) ** 2
    joined = share * (drawn + level + lacking) + (1 - share) * changed
    joined += np.sqrt(2 * share * (1 - share)) * grain

    pixels = original.pixels.copy()
    within = distance < SEAM
    pixels[near][within] = np.clip(joined, -1, 1)[within]
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


def _grains(
    real: np.ndarray, drawn: np.ndarray, noise: np.ndarray, labels: np.ndarray, distance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The grain that the drawn picture lacks inside the edit, and grain as the original has it.

    Both are white noise [2, h, w] with the spectrum of the original's detail around the edit.
    How strong the original's is, is measured where it is calm and as bright as the edit: where an
    element is otherwise found at edges alone, its own pixels say nothing of grain.
    """
    slope = ndimage.gaussian_gradient_magnitude(real, CALM_SIGMA)
    calm = (distance >= 1) & (slope <= np.quantile(slope, 1 / 3))
    brightness = ndimage.gaussian_filter(real, GRAIN_SIGMA)[calm]
    fine, present = (_finer(each, FINE_SIGMA) for each in (real, drawn))
    inside = distance < 1
    core = ndimage.binary_erosion(inside, iterations=2)
    core = core if core.sum() >= FEWEST else inside
    # The edit as a whole, then each of its elements that has pixels enough to tell.
    parts = [(np.ones_like(inside), core)]
    for element in np.unique(labels[core]):
        here = labels == element
        if (core & here).sum() >= FEWEST:
            parts.append((here, core & here))
    wanted, lacking = np.zeros(real.shape), np.zeros(real.shape)
    for here, part in parts:
        alike = np.argsort(np.abs(brightness - drawn[part].mean()), kind="stable")[:ENOUGH]
        strength = _spread(fine[calm][alike])
        wanted[here] = strength
        lacking[here] = np.sqrt(max(strength**2 - _spread(present[part]) ** 2, 0.0))
    power = _power(_finer(real, GRAIN_SIGMA), calm)
    missing, new = (
        _shaped(each, power) * ndimage.gaussian_filter(strength, GRAIN_SIGMA)
        for each, strength in zip(noise, (lacking, wanted), strict=True)
    )
    return missing, new


def _finer(values: np.ndarray, sigma: float) -> np.ndarray:
    """What is finer than a Gaussian, [h, w]."""
    return values - ndimage.gaussian_filter(values, sigma)


def _shaped(noise: np.ndarray, power: np.ndarray) -> np.ndarray:
    """White noise [h, w] with a power spectrum of rfft2's shape; its finest part has standard deviation 1."""
    shaped = np.fft.irfft2(np.fft.rfft2(noise) * np.sqrt(power), s=noise.shape)
    spread = float(_finer(shaped, FINE_SIGMA).std())
    return shaped / spread if spread > 0 else np.zeros_like(noise)


def _power(detail: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Power spectrum of `detail` [h, w] where it is `known`; rfft2's shape.

    By the autocorrelation over pairs of known pixels (Wiener and Khinchin): the spectrum of the
    masked detail itself would be that of the mask as well.
    """
    limit = 3 * _spread(detail[known])
    detail = np.where(known, np.clip(detail, -limit, limit), 0.0)
    products, pairs = (_autocorrelation(each) for each in (detail, known.astype(np.float64)))
    rows, columns = (np.fft.fftfreq(length, 1 / length) for length in detail.shape)
    taper = np.exp(-(rows[:, None] ** 2 + columns**2) / (2 * GRAIN_LAG**2))
    correlation = np.where(pairs > 0.5, products / np.maximum(pairs, 1.0), 0.0)
    return np.maximum(np.fft.rfft2(correlation * taper).real, 0.0)


def _autocorrelation(values: np.ndarray) -> np.ndarray:
    """Sum of products of all pairs of pixels by their distance, [h, w], distances wrapping around."""
    return np.fft.irfft2(np.abs(np.fft.rfft2(values)) ** 2, s=values.shape)


def _spread(values: np.ndarray) -> float:
    """Standard deviation of values [N] by their median: blind to the few that are edges."""
    return MAD_TO_SIGMA * float(np.median(np.abs(values))) if values.size else 0.0
