"""Local power spectra: whether a picture has its fine detail, and not just its outlines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.tiles import tiles_inside

WINDOW = 64
QUARTERS = 4

# A fiftieth of a Hounsfield unit: keeps the logarithm of an even window finite.
_FLOOR = 1e-10


@dataclass(frozen=True, eq=False)
class SpectrumFigures:
    """Power of reconstructions against that of the real pictures, in windows inside the body.

    Parameters
    ----------
    windows : int
        How many windows were compared.
    decibels : float64 [4]
        Reconstruction less real in each quarter of the band from 0 to half a cycle a pixel,
        low frequencies first; the mean over the windows. 0 is perfect. NaN without windows.
    spread : float64 [4]
        Standard deviation over the windows.
    real, reconstruction : float64 [32]
        Mean power of each radial frequency 1/64 ... 32/64 cycles a pixel in dB; for curves.
    """

    windows: int
    decibels: np.ndarray
    spread: np.ndarray
    real: np.ndarray
    reconstruction: np.ndarray


def spectrum_figures(pairs: Sequence[Reconstructed]) -> SpectrumFigures:
    """Compare reconstructions with their originals, window by window."""
    differences, curves = [], []
    for pair in pairs:
        tiles = tiles_inside(pair.body, WINDOW, WINDOW // 2)
        powers = [power_spectra(one.pixels, tiles) for one in (pair.picture, pair.reconstruction)]
        real, ours = (power_in_decibel(band_power(power, QUARTERS)) for power in powers)
        differences.append(ours - real)
        curves.append([power_in_decibel(band_power(power, WINDOW // 2)) for power in powers])
    quarters, both = np.concatenate(differences), np.concatenate(curves, axis=1)
    if len(quarters) == 0:
        quarters, both = np.full((1, QUARTERS), np.nan), np.full((2, 1, WINDOW // 2), np.nan)
    windows = sum(len(difference) for difference in differences)
    return SpectrumFigures(windows, quarters.mean(axis=0), quarters.std(axis=0), *both.mean(axis=1))


def power_spectra(pixels: np.ndarray, tiles: Sequence[tuple[slice, slice]]) -> np.ndarray:
    """Power spectrum of each tile, under a Hann window.

    Parameters
    ----------
    pixels : float32 [H, W]
    tiles : sequence of N squares, all of one side

    Returns
    -------
    float64 [N, side, side]
        Frequencies in the order of `numpy.fft.fftfreq`. White noise of standard deviation
        sigma has the power sigma^2 everywhere.
    """
    if not tiles:
        return np.empty((0, WINDOW, WINDOW))
    windows = np.stack([pixels[tile] for tile in tiles]).astype(np.float64)
    side = windows.shape[-1]
    # The periodic Hann window, whose own spectrum ends after one frequency on either side.
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(side) / side)
    taper = hann[:, None] * hann
    windows -= (windows * taper).sum(axis=(1, 2), keepdims=True) / taper.sum()
    return np.abs(np.fft.fft2(windows * taper)) ** 2 / (taper**2).sum()


def band_power(power: np.ndarray, bands: int) -> np.ndarray:
    """Radially averaged power in rings of equal width.

    Parameters
    ----------
    power : float [N, side, side]
    bands : int
        Rings from above 0 to half a cycle a pixel; the corners beyond are left out.

    Returns
    -------
    float64 [N, bands]
    """
    frequencies = np.fft.fftfreq(power.shape[-1])
    radius = np.hypot(frequencies[:, None], frequencies)
    ring = np.ceil(radius * 2 * bands - 1e-9).astype(int) - 1
    return np.stack([power[:, ring == band].mean(axis=1) for band in range(bands)], axis=1)


def power_in_decibel(power: np.ndarray) -> np.ndarray:
    """``10 log10`` of a power, which never falls below -100 dB."""
    return 10 * np.log10(power + _FLOOR)
