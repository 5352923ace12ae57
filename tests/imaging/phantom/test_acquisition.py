"""What the scanner adds: Rician noise, coil bias and CT grain have the statistics that they claim."""

import numpy as np
import pytest
from scipy import stats

from u3edu.imaging.phantom.acquisition import coil_bias, ct_noise, rician, smooth_field
from u3edu.imaging.phantom.truth import depth_beyond, longest_diameter


@pytest.mark.parametrize("signal", [0.0, 5.0, 60.0])
def test_noise_of_magnitudes_is_rician(signal: float) -> None:
    sigma = 4.0
    drawn = rician(np.full((150, 150), signal, dtype=np.float32), sigma, np.random.default_rng(0))
    expected = stats.rice(signal / sigma, scale=sigma)  # an independent implementation
    assert stats.kstest(drawn.ravel(), expected.cdf).pvalue > 0.01


def test_coils_brighten_front_and_back() -> None:
    bias = coil_bias(np.random.default_rng(0), (100, 80), 1.0)
    assert bias.mean() == pytest.approx(1, abs=1e-4)
    middle = bias[45:55].mean()
    assert bias[:5].mean() > 1.2 * middle
    assert bias[-5:].mean() > 1.2 * middle


def test_ct_noise_has_its_deviation_and_neither_the_lowest_nor_the_highest_frequencies() -> None:
    noise = ct_noise(np.random.default_rng(0), (256, 256), 20.0)
    assert noise.std() == pytest.approx(20, rel=1e-3)
    spectrum = np.abs(np.fft.fft2(noise)) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    low, middle, high = (
        spectrum[(frequency > a) & (frequency < b)].mean() for a, b in ((0, 0.02), (0.08, 0.2), (0.45, 0.5))
    )
    assert middle > 5 * low
    assert middle > 5 * high


def test_fields_are_the_smoother_the_larger_their_sigma() -> None:
    fine, coarse = (smooth_field(np.random.default_rng(0), (64, 64), sigma) for sigma in (1.0, 4.0))
    assert np.abs(np.diff(coarse)).mean() < 0.5 * np.abs(np.diff(fine)).mean()
    assert fine.std() == pytest.approx(1, rel=1e-4)


def test_depth_is_the_farthest_a_lesion_reaches_out_of_a_region() -> None:
    region = np.zeros((20, 30), dtype=bool)
    region[:, :10] = True
    lesion = np.zeros_like(region)
    lesion[8:12, 5:16] = True  # six columns beyond
    assert depth_beyond(lesion, region, (0.5, 0.5)) == pytest.approx(3.0)
    assert depth_beyond(lesion & region, region, (0.5, 0.5)) == 0
    with pytest.raises(ValueError, match="no region"):
        depth_beyond(lesion, np.zeros_like(region), (1, 1))


def test_the_longest_axis_is_that_of_the_disc_that_was_drawn() -> None:
    rows, columns = np.mgrid[:80, :80]
    for diameter in (10.0, 25.0, 40.0):
        disc = np.hypot(rows - 40.2, columns - 39.7) < diameter / 2
        assert longest_diameter(disc, (1, 1)) == pytest.approx(diameter, abs=1)
    assert longest_diameter(np.zeros((5, 5), dtype=bool), (1, 1)) == 0
