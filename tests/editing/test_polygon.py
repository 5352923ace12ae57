"""Polygons cover the pixels that lie inside them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from u3edu.editing import Box, Polygon
from u3edu.editing.outline import polygon_mask

SHAPE = (20, 24)
near = st.floats(-10, 34, allow_nan=False)


def winding_number(corners, row, column):
    """How often a polygon turns around a point, by the sum of the angles at the point."""
    arms = np.asarray(corners) - (row, column)
    angles = np.arctan2(arms[:, 1], arms[:, 0])
    turns = np.diff(np.append(angles, angles[0]))
    return round(float(((turns + np.pi) % (2 * np.pi) - np.pi).sum() / (2 * np.pi)))


def distance_to_outline(corners, row, column):
    """Distance of a point from the nearest edge of a polygon."""
    point, start = np.array([row, column]), np.asarray(corners, float)
    along = np.roll(start, -1, axis=0) - start
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    foot = start + np.clip(((point - start) * along).sum(axis=1) / length, 0, 1)[:, None] * along
    return np.sqrt(((foot - point) ** 2).sum(axis=1)).min()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(near, near), min_size=3, max_size=7))
def test_pixel_is_covered_where_the_outline_winds_around_its_centre(corners):
    mask = polygon_mask(corners, SHAPE)
    for row, column in np.ndindex(SHAPE):
        if distance_to_outline(corners, row, column) > 1e-6:
            assert mask[row, column] == (winding_number(corners, row, column) != 0)


@settings(max_examples=50, deadline=None)
@given(st.floats(1, 18), st.floats(1, 22))
def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out(row, column):
    frame = Box.whole(SHAPE).corners
    parts = [polygon_mask((frame[i - 1], frame[i], (row, column)), SHAPE).astype(int) for i in range(4)]
    assert (sum(parts) == 1).all()


def test_box_as_a_polygon_covers_its_own_pixels():
    box = Box(3, 4, 9, 20)
    expected = np.zeros(SHAPE, bool)
    expected[box.slices] = True
    np.testing.assert_array_equal(polygon_mask(box.corners, SHAPE), expected)


def test_lasso_that_runs_over_its_own_start_leaves_no_hole():
    angles = np.linspace(0, 2.4 * np.pi, 60)
    lasso = [(10 + 7 * np.cos(angle), 12 + 7 * np.sin(angle)) for angle in angles]
    mask = polygon_mask(lasso, SHAPE)
    assert mask.sum() == pytest.approx(np.pi * 49, rel=0.07)
    assert mask[10, 12]


@pytest.mark.parametrize(
    ("points", "words"), [([(1, 1), (2, 2)], "three corners; got 2"), ([], "at least one")]
)
def test_outline_without_an_inside_is_refused(points, words):
    with pytest.raises(ValueError, match=words):
        Polygon(element=1, points=points)
