"""Grow and shrink move a border by the distance that was asked for."""

from dataclasses import replace

import numpy as np
import pytest

from tests.editing.strategies import mottled
from u3edu.editing import Box, Grow, LabelMap, Shrink, apply_operation


def distance_to(labels, element, place, spacing):
    """Distance in mm from a pixel to the nearest pixel of an element."""
    arms = (np.argwhere(labels == element) - place) * spacing
    return np.hypot(*arms.T).min()


@pytest.mark.parametrize("spacing", [(0.5, 0.5), (0.8, 0.4)])
def test_grown_element_holds_every_pixel_within_the_distance(spacing):
    base = mottled()
    label_map = LabelMap(base.labels, base.elements, replace(base.acquisition, spacing=spacing))
    grown, _ = apply_operation(Grow(element=2, millimetres=1.2), label_map)
    for place in np.ndindex(base.shape):
        near = distance_to(base.labels, 2, place, spacing) <= 1.2 + 1e-9
        assert grown.labels[place] == (2 if near else base.labels[place])


@pytest.mark.parametrize("spacing", [(0.5, 0.5), (0.8, 0.4)])
def test_shrunken_element_gives_way_to_the_nearest_other(spacing):
    base = mottled()
    label_map = LabelMap(base.labels, base.elements, replace(base.acquisition, spacing=spacing))
    shrunken, _ = apply_operation(Shrink(element=2, millimetres=1.0), label_map)
    for place in np.argwhere(base.labels == 2):
        distances = [distance_to(base.labels, other, place, spacing) for other in (0, 1)]
        after = shrunken.labels[tuple(place)]
        if min(distances) > 1.0 + 1e-9:
            assert after == 2
        elif abs(distances[0] - distances[1]) > 1e-9:
            assert after == int(np.argmin(distances))
        else:
            assert after in (0, 1)
    assert (shrunken.labels == base.labels)[base.labels != 2].all()


def test_growing_by_a_pixel_reaches_the_next_pixel(label_map):
    grown, box = apply_operation(Grow(element=1, millimetres=0.5), label_map)
    assert box == Box(0, 11, 20, 12)
    assert (grown.labels[:, 11] == 1).all()


def test_region_bounds_the_change(label_map):
    region = Box(4, 0, 9, 24).corners
    _, box = apply_operation(Grow(element=1, millimetres=1, region=region), label_map)
    assert box == Box(4, 10, 9, 12)
    _, box = apply_operation(Shrink(element=1, millimetres=1, region=region), label_map)
    assert box == Box(4, 12, 9, 14)


def test_frame_of_the_picture_is_no_border(label_map):
    shrunken, _ = apply_operation(Shrink(element=1, millimetres=2), label_map)
    assert (shrunken.labels[:, 16:] == 1).all()


def test_element_that_is_nowhere_neither_grows_nor_shrinks(label_map):
    for kind in (Grow, Shrink):
        assert apply_operation(kind(element=2, millimetres=2), label_map)[1] is None


@pytest.mark.parametrize("millimetres", [0, -1, float("nan"), float("inf")])
def test_distance_that_is_none_is_refused(millimetres):
    with pytest.raises(ValueError, match="millimetres"):
        Grow(element=1, millimetres=millimetres)
