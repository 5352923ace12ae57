"""Pieces of an element are kept or removed by their size."""

import numpy as np
import pytest

from u3edu.editing import Box, InvalidEdit, KeepLargest, LabelMap, RemoveSmall, apply_operation

LABELS = np.array(
    [
        [1, 1, 0, 0, 0, 2, 2],
        [1, 1, 0, 1, 0, 2, 2],
        [0, 0, 0, 0, 0, 2, 1],
        [0, 1, 1, 0, 0, 2, 2],
    ],
    np.uint8,
)


@pytest.fixture
def islands(label_map):
    return LabelMap(LABELS, label_map.elements, label_map.acquisition)


def test_largest_piece_stays_and_the_others_become_what_is_nearest(islands):
    kept, _ = apply_operation(KeepLargest(element=1), islands)
    expected = np.where(LABELS == 1, 0, LABELS)
    expected[:2, :2] = 1
    expected[2, 6] = 2
    np.testing.assert_array_equal(kept.labels, expected)


def test_pieces_below_an_area_are_removed(islands):
    # A pixel is 0.25 mm²: pieces of one pixel go, that of two stays.
    removed, _ = apply_operation(RemoveSmall(element=1, square_millimetres=0.5), islands)
    expected = LABELS.copy()
    expected[1, 3], expected[2, 6] = 0, 2
    np.testing.assert_array_equal(removed.labels, expected)


def test_only_pieces_inside_the_region_are_looked_at(islands):
    right = Box(0, 2, 4, 7).corners
    removed, box = apply_operation(RemoveSmall(element=1, square_millimetres=1, region=right), islands)
    assert (removed.labels[:, :2] == LABELS[:, :2]).all()
    assert box == Box(1, 2, 4, 7)
    kept, _ = apply_operation(KeepLargest(element=1, region=Box(0, 0, 2, 7).corners), islands)
    assert kept.labels[3, 1] == 1
    assert kept.labels[1, 3] == 0


def test_element_without_another_cannot_give_way(label_map):
    alone = LabelMap(np.ones((4, 4), np.uint8), label_map.elements, label_map.acquisition)
    with pytest.raises(InvalidEdit, match="no other element"):
        apply_operation(RemoveSmall(element=1, square_millimetres=100), alone)
