"""How bright a coil makes each place: divided out before a model for MR looks, given back afterwards.

An element is to be a tissue, and not a distance from the coil. What is divided out is kept with the
label map, so that drawn pictures are as uneven as the one that they come from.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from u3edu.imaging.bias_field import (
    LEAST_TISSUE,
    POLYNOMIALS,
    fitted_polynomials,
    log_fields,
    sum_of_polynomials,
    tissue_mask,
)
from u3edu.imaging.levels import levels_of
from u3edu.imaging.slice import Slice

# Amplitudes of the field's logarithm; the first one is how bright the whole picture is.
AMPLITUDES = POLYNOMIALS**2

# More than any picture's, where 1 / 65,535 is the darkest signal; the factor of 16 of them is still a number.
MOST_AMPLITUDE = 20.0

# Where the bright level of an even picture lies in [-1, 1]. A picture that stays dark would be cut off at
# black when it is made darker, one that is too bright loses its fluid at white. That of the two patients
# that the shipped model learned from lies between 0 and 0.26 when their median is left as it is.
_BRIGHT_LEVEL = 0.2

# No decoder's stride is longer.
_BLOCK = 64

# Rows and columns.
Part = tuple[slice, slice]
EVERYWHERE: Part = slice(None), slice(None)


def with_series_field(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    """Slices of one series, each with its part of the coil field that is found on all of them together.

    A single slice can't tell bright tissue from a coil nearby; others of its series can.

    Parameters
    ----------
    slices : sequence of Slice
        MR, in the order in which they lie; of one shape, and their darkest pixels, at -1, have no signal.
    """
    fields = log_fields([_signal(picture) for picture in slices])
    return tuple(
        Slice(picture.pixels, replace(picture.acquisition, coil_field=tuple(field.ravel().round(6).tolist())))
        for picture, field in zip(slices, fields, strict=True)
    )


def coil_field(picture: Slice) -> tuple[float, ...]:
    """How a picture's brightness drifts from place to place, and how bright it is as a whole.

    Parameters
    ----------
    picture : Slice
        MR; its darkest pixels, at -1, have no signal. Where its acquisition says how its brightness drifts
        (`with_series_field`), only how bright it is is looked for.

    Returns
    -------
    tuple of float
        Amplitudes of polynomials (`u3edu.imaging.bias_field.sum_of_polynomials`, row after row) that add
        up to the logarithm of the factor at each pixel; empty where there is too little tissue to go by.
    """
    signal, known = _signal(picture), picture.acquisition.coil_field
    if tissue_mask(signal).sum() < LEAST_TISSUE:
        return ()
    amplitudes = _amplitudes(known) if known else log_fields([signal])[0]
    even = signal / np.exp(sum_of_polynomials(amplitudes, picture.shape))
    # Percentiles don't mind by what the picture is multiplied, as long as nothing is cut off.
    brightest = float(even.max())
    bright = levels_of(picture.with_pixels(even / brightest * 2 - 1)).bright
    amplitudes[0, 0] += np.log(brightest * (bright + 1) / (_BRIGHT_LEVEL + 1))
    return tuple(amplitudes.ravel().round(6).tolist())


def _signal(picture: Slice) -> np.ndarray:
    return (picture.pixels + 1) / 2


def evened(picture: Slice, field: tuple[float, ...]) -> Slice:
    """A picture with its coil field divided out; what is then brighter than white is cut off.

    Nobody looks for a field in the picture that comes back.
    """
    pixels = picture.pixels
    if field:
        pixels = np.clip((pixels + 1) / _factors(field, picture.shape) - 1, -1.0, 1.0).astype(np.float32)
    return Slice(pixels, replace(picture.acquisition, coil_field=()))


def with_field(
    pixels: np.ndarray, field: tuple[float, ...], shape: tuple[int, int], part: Part = EVERYWHERE
) -> np.ndarray:
    """Pixels of an even picture with the coil field given back, float32, cut off at white.

    Parameters
    ----------
    pixels : float32 [h, w]
        Of the whole picture, or of a part of it.
    field : tuple of float
        As `coil_field` gives it.
    shape : (H, W)
        Of the whole picture.
    part : (slice, slice)
        The rows and columns that the pixels are of.
    """
    if not field:
        return pixels
    return np.clip((pixels + 1) * _factors(field, shape, part) - 1, -1.0, 1.0).astype(np.float32)


@lru_cache(maxsize=16)
def noise_factors(field: tuple[float, ...], shape: tuple[int, int], level: int = 0) -> np.ndarray:
    """How strong noise is in the even picture that was as strong everywhere in the picture itself.

    A coil does not light a scanner's noise: divided by the field, it is weak beside the coil and strong
    far from it.

    Parameters
    ----------
    field : tuple of float
        As `coil_field` gives it; not empty.
    shape : (H, W)
        Of the whole picture.
    level : int
        Every ``2 ** level``-th pixel along rows and columns is asked for.

    Returns
    -------
    float32 [h, w]
        Their geometric mean over the picture is 1. Computed as a whole, so that each part of it is the
        same to the last bit, and beyond the picture, up to multiples of 64 pixels, as at its border.
    """
    every = 2**level
    rows, columns = (np.minimum(np.arange(0, -(-side // _BLOCK) * _BLOCK, every), side - 1) for side in shape)
    logarithms = _logarithms(field, shape, (rows, columns))
    return np.exp(_logarithms(field, shape, EVERYWHERE).mean() - logarithms).astype(np.float32)


def field_of_part(field: tuple[float, ...], shape: tuple[int, int], part: Part) -> tuple[float, ...]:
    """The field of a part of a picture, as that of a picture of its own.

    Parameters
    ----------
    field : tuple of float
    shape : (H, W)
        Of the whole picture.
    part : (slice, slice)
        The rows and columns that are kept.
    """
    if not field:
        return field
    return tuple(fitted_polynomials(_logarithms(field, shape, part)).ravel().round(6).tolist())


def _factors(field: tuple[float, ...], shape: tuple[int, int], part: Part = EVERYWHERE) -> np.ndarray:
    """What an even picture is multiplied with, float64 [h, w]; raises as `_logarithms` does."""
    return np.exp(_logarithms(field, shape, part))


def _logarithms(
    field: tuple[float, ...], shape: tuple[int, int], part: Part | tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The logarithms of what an even picture is multiplied with, float64 [h, w]; raises as `_amplitudes`."""
    return sum_of_polynomials(_amplitudes(field), shape, *part)


def _amplitudes(field: tuple[float, ...]) -> np.ndarray:
    """The numbers of a field as `sum_of_polynomials` takes them.

    Raises
    ------
    ValueError
        If they are not as many as a field has.
    """
    if len(field) != AMPLITUDES:
        raise ValueError(
            f"the acquisition's coil_field has {len(field)} numbers, not {AMPLITUDES} or none; segment the "
            "picture anew"
        )
    return np.reshape(field, (POLYNOMIALS, POLYNOMIALS))
