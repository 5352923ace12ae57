"""Energy along boundaries: lines of known strength along known boundaries."""

import numpy as np
import pytest
from scipy import ndimage

from tests.evaluation.pairs import pair, stripes, white
from u3edu.editing.boundaries import near_boundary
from u3edu.evaluation.boundaries import boundary_contrast, boundary_ratio
from u3edu.imaging.high_pass import high_pass


@pytest.mark.parametrize("sigma", [0.6, 1.0])
def test_high_pass_keeps_white_noise_as_strong_as_it_is(sigma: float) -> None:
    assert high_pass(white(0, (512, 512), 0.05), sigma).std() == pytest.approx(0.05, rel=0.02)


@pytest.mark.parametrize("sigma", [0.6, 1.0])
def test_high_pass_takes_slopes_away(sigma: float) -> None:
    slope = (np.linspace(-1, 1, 64) * np.ones((64, 1))).astype(np.float32)
    assert np.abs(high_pass(slope, sigma)[8:-8, 8:-8]).max() < 1e-6


@pytest.mark.parametrize("within", [1, 2, 3])
def test_distance_to_another_element_against_a_distance_transform(within: int) -> None:
    labels = (white(1, (40, 50)) > 0.15).astype(np.uint8)
    expected = np.zeros(labels.shape, dtype=bool)
    for element in (0, 1):
        here = labels == element
        expected |= here & (ndimage.distance_transform_cdt(here, "taxicab") <= within)
    assert np.array_equal(near_boundary(labels, within), expected)


def test_equal_pictures_have_a_ratio_of_one() -> None:
    noise = white(2)
    assert boundary_ratio(pair(noise, noise, stripes())) == pytest.approx(1)


def test_the_same_grain_in_another_place_has_a_ratio_of_one() -> None:
    assert boundary_ratio(pair(white(3), white(4), stripes())) == pytest.approx(1, abs=0.1)


def test_contour_lines_raise_the_ratio_by_their_energy() -> None:
    noise, labels = white(5, sigma=0.1), stripes()
    boundary = near_boundary(labels)
    line = np.where(boundary, 0.2, 0.0).astype(np.float32)
    ratio = boundary_ratio(pair(noise, noise + line, labels))
    # What the line alone leaves in the high-pass residual, on top of the noise's variance.
    residual = high_pass(line) ** 2
    expected = (0.01 + residual[boundary].mean()) / (0.01 + residual[~boundary].mean())
    assert expected > 1.5
    assert ratio == pytest.approx(expected, rel=0.1)


def test_grain_missing_away_from_boundaries_raises_the_ratio() -> None:
    noise, labels = white(6), stripes()
    quiet = np.where(near_boundary(labels, 4), noise, noise / 2)
    assert boundary_ratio(pair(noise, quiet, labels)) > 2


def test_one_element_alone_has_no_ratio() -> None:
    noise = white(7)
    everywhere = np.ones(noise.shape, dtype=bool)
    assert np.isnan(boundary_contrast(noise, np.zeros(noise.shape, dtype=np.uint8), everywhere))
