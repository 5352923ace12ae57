"""Borders that a brush paints get the elements between; the encoder's own stay as they are."""

import numpy as np
import pytest

from u3edu.engine.soft_borders import border_reach, soft_borders

BLUR = 1.2


def step(low: int, high: int) -> np.ndarray:
    return np.where(np.arange(16) < 8, low, high)[None].repeat(12, axis=0).astype(np.uint8)


def test_far_elements_get_those_between_them_and_keep_their_place() -> None:
    row = soft_borders(step(1, 8), BLUR)[5]
    assert list(row[:6]) == [1] * 6 and list(row[10:]) == [8] * 6
    assert list(row[6:10]) == [1, 3, 6, 8]


def test_the_elements_are_those_of_a_gaussian() -> None:
    rows, columns = (
        np.repeat([0, 1] * 10, np.random.default_rng(seed).integers(1, 4, 20)) for seed in (0, 1)
    )
    labels = (9 * (rows[:, None] ^ columns)).astype(np.uint8)  # nowhere far from a border
    offsets = np.arange(-4, 5)
    kernel = np.exp(-0.5 * (offsets / (0.85 * BLUR)) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(labels.astype(float), 4, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (9, 9))
    blurred = np.einsum("ijyx,y,x->ij", windows, kernel, kernel)
    sure = np.abs(blurred % 1 - 0.5) > 0.01
    assert np.array_equal(soft_borders(labels, BLUR)[sure], np.rint(blurred)[sure])


@pytest.mark.parametrize("labels", [step(2, 4), np.full((5, 5), 7, np.uint8), np.zeros((1, 1), np.uint8)])
def test_near_elements_and_even_areas_stay(labels: np.ndarray) -> None:
    assert np.array_equal(soft_borders(labels, BLUR), labels)


def test_a_slope_stays_and_a_line_of_one_pixel_does_not() -> None:
    slope = np.repeat(np.array([[1, 1, 2, 4, 7, 9, 9, 9, 9]], np.uint8), 6, axis=0)
    assert np.array_equal(soft_borders(slope, BLUR), slope)
    line = np.full((9, 9), 6, np.uint8)
    line[4] = 1
    for labels in (line, line.T):
        assert soft_borders(labels, BLUR)[4, 4] in (3, 4, 5)


def test_without_a_blur_nothing_changes() -> None:
    assert np.array_equal(soft_borders(step(0, 9), 0.0), step(0, 9)) and border_reach(0.0) == 0


def test_a_light_and_a_dark_side_are_alike() -> None:
    labels = np.random.default_rng(1).integers(10, size=(30, 30)).astype(np.uint8)
    turned = soft_borders(np.ascontiguousarray(np.rot90(labels)), BLUR)
    assert np.array_equal(turned, np.rot90(soft_borders(labels, BLUR)))


@pytest.mark.parametrize("blur", [0.5, 0.9, 1.2])
def test_a_change_reaches_as_far_as_is_said_and_no_farther(blur: float) -> None:
    numbers, felt = np.random.default_rng(2), 0
    for _ in range(300):
        labels = numbers.integers(10, size=(31, 31)).astype(np.uint8)
        other = labels.copy()
        other[15, 15] = numbers.integers(10)
        rows, columns = np.nonzero(soft_borders(labels, blur) != soft_borders(other, blur))
        felt = max([felt, *np.abs(rows - 15), *np.abs(columns - 15)])
    assert 1 <= felt <= border_reach(blur)
