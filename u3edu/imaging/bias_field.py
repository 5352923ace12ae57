"""The slow brightness drift of MR coils: estimated from a picture and divided out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from u3edu.imaging.slice import Slice

# Sled et al., section III: a blur of 0.15 in the logarithm, and Wiener noise of a hundredth.
_BLUR_FWHM, _WIENER_NOISE, _BINS = 0.15, 0.01, 200
_ITERATIONS = 100
# What a coil leaves dark is taken for air, and no part in it is taken, until it is lit: once more from there.
_ROUNDS = 4
# Polynomials along each side, of degree 0 to 4. What follows shorter waves follows organs.
POLYNOMIALS = 5
# A smooth field needs no more pixels; fewer are quicker.
_LONGEST_SIDE = 96
# A field that changes evenly from slice to slice needs no more of them.
_MOST_SLICES = 12
# Pixels of tissue; with fewer there is too little to go by.
LEAST_TISSUE = 1000
_LEAST_REDUCED = 100
# Tissue is brighter than this share of the brightest tenth.
_ABOVE_AIR = 0.45


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
    if tissue.sum() < LEAST_TISSUE:
        return picture
    even = signal / bias_field(signal)
    even *= np.median(signal[tissue]) / np.median(even[tissue])
    pixels = picture.acquisition.scale.to_pixels(even)
    return Slice(pixels, replace(picture.acquisition, coil_field=None))


def bias_field(signal: np.ndarray) -> np.ndarray:
    """The smooth field that a picture was multiplied with, up to its mean.

    Parameters
    ----------
    signal
        As in `log_fields`.

    Returns
    -------
    float32 [H, W], of geometric mean 1 over the tissue
    """
    logarithm = sum_of_polynomials(log_fields([signal])[0], signal.shape)
    return np.exp(logarithm - logarithm[tissue_mask(signal)].mean()).astype(np.float32)


def log_fields(signals: Sequence[np.ndarray]) -> np.ndarray:
    """The logarithm of the field that a picture, or each slice of a series, was multiplied with.

    Nonparametric nonuniformity normalisation (Sled, Zijdenbos and Evans, IEEE Trans Med
    Imaging 17:87, 1998): a field blurs the histogram of the logarithm, so the histogram is
    sharpened, each pixel is moved to where it belongs there, and what that takes, smoothed, is
    the field; again until nothing changes. Smoothing is a fit of polynomials of degree 4, about as
    smooth as Sled's B-splines with 200 mm between knots, over a picture; from slice to slice they
    change along a straight line. Tissue that a coil leaves in the dark is found on the even
    pictures, and the field once more from there.

    Parameters
    ----------
    signals : sequence of float [H, W]
        Raw values, not negative where there is tissue; of slices in their order.

    Returns
    -------
    float64 [D, POLYNOMIALS, POLYNOMIALS]
        The amplitude of each product of polynomials (`sum_of_polynomials`) on each slice; the first one of a
        slice, a constant, has no meaning of its own. Zero where there is too little tissue to go by.
    """
    heights = _along(len(signals))
    chosen = np.unique(np.linspace(0, len(signals) - 1, min(len(signals), _MOST_SLICES)).round().astype(int))
    signals = [_reduced(signals[number]) for number in chosen]
    amplitudes, even = np.zeros((POLYNOMIALS, POLYNOMIALS, heights.shape[1])), signals
    for _ in range(_ROUNDS):
        tissue = _tissue_of(even)
        if sum(mask.sum() for mask in tissue) < _LEAST_REDUCED:
            break
        amplitudes = amplitudes + _drift(even, tissue, heights[chosen])
        fields = [
            sum_of_polynomials(amplitudes @ height, signal.shape)
            for signal, height in zip(signals, heights[chosen], strict=True)
        ]
        mean = np.mean(np.concatenate([field[mask] for field, mask in zip(fields, tissue, strict=True)]))
        amplitudes[0, 0, 0] -= mean
        even = [signal / np.exp(field - mean) for signal, field in zip(signals, fields, strict=True)]
    return np.moveaxis(amplitudes @ heights.T, 2, 0)


def _along(slices: int) -> np.ndarray:
    """Polynomials from the first slice to the last, float64 [D, 2]; of a single one [1, 1]."""
    return _polynomials(np.arange(slices), slices, min(slices, 2))


def _reduced(signal: np.ndarray) -> np.ndarray:
    """Every so many pixels of a picture, each the mean of those around it."""
    step = max(1, -(-max(signal.shape) // _LONGEST_SIDE))
    return ndimage.uniform_filter(signal.astype(np.float64), step)[step // 2 :: step, step // 2 :: step]


def _tissue_of(signals: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Pixels brighter than air of all slices together, without their rim, a bool [h, w] of each."""
    level = _ABOVE_AIR * np.percentile(np.concatenate([signal.ravel() for signal in signals]), 90)
    return [ndimage.binary_erosion(signal > max(level, 0.0)) for signal in signals]


def _drift(signals: Sequence[np.ndarray], tissue: Sequence[np.ndarray], heights: np.ndarray) -> np.ndarray:
    """One round of `log_fields`, from the pixels of `tissue` alone."""
    logarithm = np.log(np.concatenate([signal[mask] for signal, mask in zip(signals, tissue, strict=True)]))
    products = np.concatenate(
        [np.kron(_products(mask), height) for mask, height in zip(tissue, heights, strict=True)]
    )
    # A little ridge: where no tissue lies, the field has no reason to swing.
    ridge = 1e-3 * len(logarithm) * np.eye(products.shape[1])
    solve = np.linalg.solve(products.T @ products + ridge, products.T)
    field = np.zeros_like(logarithm)
    for _ in range(_ITERATIONS):
        coefficients = solve @ (logarithm - _sharpened(logarithm - field))
        before, field = field, products @ coefficients
        field -= field.mean()
        if np.std(field - before) < 1e-4:
            break
    return np.asarray(coefficients.reshape(POLYNOMIALS, POLYNOMIALS, -1))


def sum_of_polynomials(
    amplitudes: np.ndarray,
    shape: tuple[int, ...],
    rows: slice | np.ndarray = slice(None),
    columns: slice | np.ndarray = slice(None),
) -> np.ndarray:
    """Legendre polynomials down and across a picture with their amplitudes, added up.

    Parameters
    ----------
    amplitudes : float64 [POLYNOMIALS, POLYNOMIALS]
        Of each product of a polynomial down (first axis) and one across, of degree 0, 1, 2 ...
    shape : (H, W)
        Of the whole picture.
    rows, columns : slice or int64 [h], int64 [w]
        The part of it that is asked for, or single ones.

    Returns
    -------
    float64 [h, w]
    """
    down, across = (
        _polynomials(np.arange(length)[part], length)
        for length, part in zip(shape, (rows, columns), strict=True)
    )
    return np.asarray(down @ amplitudes @ across.T)


def fitted_polynomials(values: np.ndarray) -> np.ndarray:
    """The amplitudes, float64 [POLYNOMIALS, POLYNOMIALS], of the polynomials nearest to values [H, W]."""
    down, across = (np.linalg.pinv(_polynomials(np.arange(length), length)) for length in values.shape)
    return np.asarray(down @ values @ across.T)


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


def _products(mask: np.ndarray) -> np.ndarray:
    """Products of polynomials at the pixels of bool [h, w], float64 [N, POLYNOMIALS ** 2]."""
    down, across = (
        _polynomials(places, length) for places, length in zip(np.nonzero(mask), mask.shape, strict=True)
    )
    return (down[:, :, None] * across[:, None, :]).reshape(len(down), POLYNOMIALS**2)


def _polynomials(places: np.ndarray, length: int, number: int = POLYNOMIALS) -> np.ndarray:
    """Legendre polynomials along a side at some pixels, float64 [N, number]."""
    return np.polynomial.legendre.legvander((places + 0.5) / length * 2 - 1, number - 1)
