"""Fills follow connected areas."""

import numpy as np
import pytest

from u3edu.editing import Fill, InvalidEdit

DIAGONAL = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]], np.uint8)


def test_contiguous_fill_stops_at_corners():
    filled = Fill(element=5, seed=(0, 0)).apply(DIAGONAL)
    np.testing.assert_array_equal(filled, [[5, 0, 0], [0, 1, 1], [0, 0, 1]])


def test_fill_of_an_element_takes_all_its_areas():
    filled = Fill(element=5, seed=(0, 0), contiguous=False).apply(DIAGONAL)
    np.testing.assert_array_equal(filled, [[5, 0, 0], [0, 5, 5], [0, 0, 5]])


def test_seed_outside_the_picture_is_refused_with_the_size():
    with pytest.raises(InvalidEdit, match="row 3, column 0; the picture has 3 x 3"):
        Fill(element=1, seed=(3, 0)).apply(DIAGONAL)


def test_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed"):
        Fill(element=1, seed=(-1, 0))
