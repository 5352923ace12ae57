"""Local power spectra of pictures whose spectra are known."""

import numpy as np
import pytest
from scipy import ndimage, signal

from tests.evaluation.pairs import pair, white
from u3edu.evaluation.local_spectrum import WINDOW, band_power, power_spectra, spectrum_figures
from u3edu.imaging.tiles import tiles_inside

ALL = np.ones((256, 256), dtype=bool)


def test_white_noise_has_its_variance_at_every_frequency() -> None:
    tiles = tiles_inside(np.ones((512, 512), dtype=bool), WINDOW, WINDOW // 2)
    bands = band_power(power_spectra(white(0, (512, 512)), tiles), 4).mean(axis=0)
    assert bands == pytest.approx(np.full(4, 0.01), rel=0.05)


def test_power_is_that_of_scipys_periodogram() -> None:
    tile = white(1, (WINDOW, WINDOW))
    ours = power_spectra(tile, [(slice(None), slice(None))])[0]
    # Rows, then columns: a periodogram along each axis multiplies to the two-dimensional one.
    taper = signal.get_window("hann", WINDOW, fftbins=True)
    square = np.outer(taper, taper)
    centred = tile - np.average(tile, weights=square)
    expected = np.abs(np.fft.fft(np.fft.fft(centred * square, axis=0), axis=1)) ** 2 / np.sum(square**2)
    assert np.allclose(ours, expected, rtol=1e-6, atol=1e-12)


def test_a_wave_stands_in_its_own_ring_alone() -> None:
    columns = np.arange(256)
    wave = (0.1 * np.sin(2 * np.pi * 20 / 64 * columns) * np.ones((256, 1))).astype(np.float32)
    power = band_power(power_spectra(wave, tiles_inside(ALL, WINDOW, WINDOW)), 32)[0]
    assert set(np.flatnonzero(power > 1e-6)) <= {18, 19, 20, 21}  # the Hann window reaches one further
    assert power.argmax() == 19


def test_half_the_noise_is_six_decibels_less_in_every_quarter() -> None:
    noise = white(2)
    figures = spectrum_figures([pair(noise, noise / 2)])
    assert figures.decibels == pytest.approx(np.full(4, -6.02), abs=0.01)
    assert figures.spread == pytest.approx(np.zeros(4), abs=0.01)
    assert figures.windows == 49


def test_blur_takes_what_a_gaussian_takes() -> None:
    noise = white(3, (512, 512))
    blurred = ndimage.gaussian_filter(noise, 0.6, truncate=8)
    figures = spectrum_figures([pair(noise, blurred)])
    # The discrete kernel's own response, averaged over each ring.
    impulse = np.zeros((64, 64))
    impulse[32, 32] = 1
    response = np.abs(np.fft.fft2(ndimage.gaussian_filter(impulse, 0.6, truncate=8))) ** 2
    expected = 10 * np.log10(band_power(response[None], 4)[0])
    assert figures.decibels == pytest.approx(expected, abs=0.3)


def test_windows_stay_inside_the_body() -> None:
    body = np.zeros((256, 256), dtype=bool)
    body[:128, :128] = True
    noise = white(4)
    made = np.where(body, noise, 0).astype(np.float32)
    figures = spectrum_figures([pair(noise, made, body=body)])
    assert figures.windows == 9
    assert figures.decibels == pytest.approx(np.zeros(4), abs=1e-6)


def test_a_picture_too_small_for_a_window_has_no_figure() -> None:
    noise = white(5, (48, 48))
    figures = spectrum_figures([pair(noise, noise)])
    assert figures.windows == 0
    assert np.isnan(figures.decibels).all()
