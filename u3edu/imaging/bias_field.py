"""The slow brightness drift of MR coils: estimated from a picture and divided out."""

import numpy as np
from scipy import ndimage

from u3edu.imaging.slice import Slice

# Sled et al., section III: a blur of 0.15 in the logarithm, and Wiener noise of a hundredth.
_BLUR_FWHM, _WIENER_NOISE, _BINS = 0.15, 0.01, 200
_ITERATIONS = 40
# The field is a sum of this many cosines along each side: waves down to half a side long.
_COSINES = 5
# A smooth field needs no more pixels; fewer are quicker.
_LONGEST_SIDE = 96


def without_bias(picture: Slice) -> Slice:
    """A picture with its bias field divided out; CT and empty pictures are left as they are.

    The median signal of the tissue stays what it was, so that the picture keeps its scale and
    its place in the series.

    Parameters
    ----------
    picture : Slice
    """
    if picture.acquisition.modality == "CT":
        return picture
    signal = picture.raw
    tissue = tissue_mask(signal)
    if tissue.sum() < 1000:
        return picture
    even = signal / bias_field(signal, tissue)
    even *= np.median(signal[tissue]) / np.median(even[tissue])
    return picture.with_pixels(picture.acquisition.scale.to_pixels(even))


def bias_field(signal: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """The smooth field that a picture was multiplied with, up to its mean.

    Nonparametric nonuniformity normalisation (Sled, Zijdenbos and Evans, IEEE Trans Med
    Imaging 17:87, 1998): a field blurs the histogram of the logarithm, so the histogram is
    sharpened, each pixel is moved to where it belongs there, and what that takes, smoothed, is
    the field; again until nothing changes. Smoothing is a fit of low cosines in place of
    Sled's B-splines.

    Parameters
    ----------
    signal : float [H, W]
        Raw values, not negative where there is tissue.
    tissue : bool [H, W]
        The pixels to go by: neither air nor signal voids.

    Returns
    -------
    float32 [H, W], of geometric mean 1 over the tissue
    """
    step = max(1, -(-max(signal.shape) // _LONGEST_SIDE))
    smoothed = ndimage.uniform_filter(signal.astype(np.float64), step)
    chosen = tissue[::step, ::step] & (smoothed[::step, ::step] > 0)
    logarithm = np.log(smoothed[::step, ::step][chosen])
    rows, columns = np.nonzero(chosen)
    waves = _cosines(rows * step, columns * step, signal.shape)
    # A little ridge: where no tissue lies, the field has no reason to swing.
    ridge = 1e-3 * len(logarithm) * np.eye(waves.shape[1])
    solve = np.linalg.solve(waves.T @ waves + ridge, waves.T)
    field = np.zeros_like(logarithm)
    for _ in range(_ITERATIONS):
        even = logarithm - field
        coefficients = solve @ (logarithm - _sharpened(even))
        before, field = field, waves @ coefficients
        field -= field.mean()
        if np.std(field - before) < 1e-4:
            break
    every_row, every_column = np.indices(signal.shape)
    everywhere = (_cosines(every_row.ravel(), every_column.ravel(), signal.shape) @ coefficients).reshape(
        signal.shape
    )
    return np.exp(everywhere - everywhere[tissue].mean()).astype(np.float32)


def tissue_mask(signal: np.ndarray) -> np.ndarray:
    """Pixels brighter than air and its noise, without their rim, which is half air; bool [H, W]."""
    level = 0.25 * np.percentile(signal, 90)
    return ndimage.binary_erosion(ndimage.median_filter(signal, 3) > level, iterations=2)


def _sharpened(values: np.ndarray) -> np.ndarray:
    """Where each value belongs in the sharpened histogram of all, its expectation there."""
    low, high = values.min(), values.max()
    width = max((high - low) / (_BINS - 1), 1e-9)
    centres = low + width * np.arange(_BINS)
    histogram = np.bincount(np.rint((values - low) / width).astype(int), minlength=_BINS).astype(float)
    # Room on both sides, as the Fourier transform takes the histogram for periodic.
    padded = np.pad(histogram, _BINS)
    offsets = np.fft.fftfreq(len(padded), 1 / len(padded)) * width
    sigma = _BLUR_FWHM / np.sqrt(8 * np.log(2))
    blur = np.exp(-0.5 * (offsets / sigma) ** 2)
    blur /= blur.sum()
    transfer = np.fft.fft(blur)
    wiener = np.conj(transfer) / (np.abs(transfer) ** 2 + _WIENER_NOISE)
    sharp = np.fft.ifft(np.fft.fft(padded) * wiener).real.clip(min=0)
    positions = low + width * (np.arange(len(padded)) - _BINS)

    def blurred(histogram: np.ndarray) -> np.ndarray:
        return np.fft.ifft(np.fft.fft(histogram) * transfer).real[_BINS : 2 * _BINS]

    expectation = blurred(sharp * positions) / np.maximum(blurred(sharp), 1e-9 * histogram.sum())
    return np.interp(values, centres, expectation)


def _cosines(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Products of cosines at some pixels, float64 [N, _COSINES ** 2]."""
    down, across = (
        np.cos(np.pi * np.arange(_COSINES) * (place[:, None] + 0.5) / length)
        for place, length in zip((rows, columns), shape, strict=True)
    )
    return (down[:, :, None] * across[:, None, :]).reshape(len(rows), -1)
