"""Noise by element, of noise that is known."""

import numpy as np
import pytest

from tests.evaluation.pairs import pair, stripes, white
from u3edu.evaluation.noise_level import noise_figures
from u3edu.imaging.high_pass import robust_deviation


def test_each_element_has_its_own_noise() -> None:
    labels, noise = stripes(), white(0, sigma=0.1)
    real = np.where(labels == 0, noise, 0.3 * noise).astype(np.float32)
    figures = noise_figures([pair(real, real / 2, labels)], elements=3)
    assert figures.real[:2] == pytest.approx([0.1, 0.03], rel=0.03)
    assert figures.reconstruction[:2] == pytest.approx([0.05, 0.015], rel=0.03)
    assert figures.ratio == pytest.approx(0.5, rel=0.01)
    assert figures.pixels[2] == 0
    assert np.isnan(figures.real[2])


def test_steps_between_elements_are_no_noise() -> None:
    labels = stripes()
    stepped = white(1, sigma=0.02) + np.where(labels == 0, 0.0, 0.5).astype(np.float32)
    assert noise_figures([pair(stepped, stepped, labels)], 2).real == pytest.approx([0.02, 0.02], rel=0.1)


def test_a_few_bright_vessels_hardly_count() -> None:
    values = np.random.default_rng(0).normal(0, 1, 10_000)
    values[:300] = 50
    assert values.std() > 8
    assert robust_deviation(values) == pytest.approx(1, rel=0.06)
