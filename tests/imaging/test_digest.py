"""The line that is printed beneath pictures."""

import numpy as np
import pytest

from u3edu.imaging.digest import digest


def picture() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (512, 512)).astype(np.float32)


def test_it_says_shape_type_and_mean() -> None:
    assert digest(np.full((4, 6), 3, dtype=np.uint8)).startswith("4 x 6 uint8, mean 3.00, sha1 ")


def test_the_last_bits_of_a_picture_do_not_reach_it() -> None:
    noise = np.random.default_rng(1).normal(0, 1e-7, (512, 512)).astype(np.float32)
    assert digest(picture() + noise) == digest(picture())


@pytest.mark.parametrize("side", [100, 512])
def test_an_odd_grey_level_does_not_reach_it_and_a_small_stroke_does(side: int) -> None:
    grey = np.random.default_rng(2).integers(40, 200, (side, side)).astype(np.uint8)
    odd, painted = grey.copy(), grey.copy()
    odd.ravel()[: 13 * side * side // 512**2 or 1] += 1
    painted[20:40, 20:40] += 30
    assert digest(odd) == digest(grey)
    assert digest(painted) != digest(grey)


def test_a_stroke_of_a_few_pixels_changes_it() -> None:
    painted = picture()
    painted[100:102, 200:210] += 0.3
    assert digest(painted) != digest(picture())


def test_a_picture_turned_over_changes_it() -> None:
    assert digest(picture()[::-1]) != digest(picture())


def test_small_and_coloured_arrays_have_one_too() -> None:
    assert digest(np.zeros((1, 1), dtype=bool)).startswith("1 x 1 bool")
    assert digest(np.zeros((20, 30, 3), dtype=np.uint8)).startswith("20 x 30 x 3 uint8")
