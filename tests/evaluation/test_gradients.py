"""Gradient magnitudes: ramps, posterised ramps, and noise."""

import numpy as np
import pytest
from scipy import integrate

from tests.evaluation.pairs import pair, white
from u3edu.evaluation.gradients import flat_ratio, gradient_distance, gradient_figures, gradient_magnitude


def test_a_ramp_has_its_slope_everywhere() -> None:
    rows, columns = np.mgrid[:32, :32]
    assert np.allclose(
        gradient_magnitude((0.003 * rows + 0.004 * columns).astype(np.float32)), 0.005, atol=1e-6
    )


def test_distance_is_the_area_between_the_distribution_functions() -> None:
    numbers = np.random.default_rng(0)
    first, second = numbers.rayleigh(1.0, 5000), numbers.rayleigh(1.5, 5000)
    grid = np.linspace(0, 10, 20001)
    functions = [np.searchsorted(np.sort(sample), grid) / 5000 for sample in (first, second)]
    area = integrate.trapezoid(np.abs(functions[0] - functions[1]), grid)
    assert gradient_distance(first, second) == pytest.approx(area / first.mean(), rel=1e-3)


def test_equal_pictures_are_perfect() -> None:
    figures = gradient_figures([pair(white(0), white(0))])
    assert (figures.distance, figures.flat) == (0, 1)
    assert np.array_equal(figures.real, figures.reconstruction)
    assert figures.real.sum() == pytest.approx(1)


def test_twice_the_gradient_is_a_distance_of_one() -> None:
    noise = white(1, sigma=0.05)
    assert gradient_figures([pair(noise, 2 * noise)]).distance == pytest.approx(1, rel=1e-3)


def test_a_posterised_picture_is_flat_in_too_many_places() -> None:
    ramp = (np.linspace(-0.9, 0.9, 256) * np.ones((256, 1))).astype(np.float32) + white(2, sigma=0.002)
    posterised = np.round(ramp * 8) / 8
    assert gradient_figures([pair(ramp, posterised)]).flat > 5


def test_ties_of_whole_units_do_not_count_as_flat() -> None:
    whole = np.random.default_rng(0).integers(0, 4, 1000).astype(float)
    assert flat_ratio(whole, whole) == 1
