"""Brush strokes cover the pixels that their documentation promises."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from u3edu.editing import BrushStroke

SHAPE = (20, 24)
near = st.floats(-10, 34, allow_nan=False)
points = st.lists(st.tuples(near, near), min_size=1, max_size=4)


def distance_to_segment(pixel, start, end):
    """Distance of a point to a segment, by the textbook."""
    pixel, start, end = (np.array(point, float) for point in (pixel, start, end))
    length = np.linalg.norm(end - start)
    if length == 0:
        return np.linalg.norm(pixel - start)
    along = np.dot(pixel - start, end - start) / length
    if along <= 0 or along >= length:
        return min(np.linalg.norm(pixel - start), np.linalg.norm(pixel - end))
    row, column = (end - start) / length
    return abs((pixel[0] - start[0]) * column - (pixel[1] - start[1]) * row)


@given(points, st.floats(1.5, 12))
def test_stroke_covers_every_centre_within_half_the_diameter_and_none_beyond_a_pixel(points, diameter):
    mask = BrushStroke(element=1, points=points, diameter=diameter).footprint(SHAPE)
    segments = list(itertools.pairwise(points)) or [(points[0], points[0])]
    for pixel in np.ndindex(SHAPE):
        distance = min(distance_to_segment(pixel, *segment) for segment in segments)
        if distance < diameter / 2 - 1e-6:
            assert mask[pixel]
        # A pixel that the line passes through has its centre within half a diagonal.
        if distance > max(diameter / 2, np.sqrt(0.5)) + 1e-6:
            assert not mask[pixel]


@given(points)
def test_finest_brush_paints_every_pixel_the_line_passes_through(points):
    mask = BrushStroke(element=1, points=points, diameter=1).footprint(SHAPE)
    for start, end in itertools.pairwise(points):
        for share in np.linspace(0, 1, 101):
            place = np.array(start) + share * (np.array(end) - start)
            # On a border between two pixels either of them will do.
            if np.abs(place - np.floor(place) - 0.5).min() < 1e-6:
                continue
            row, column = np.floor(place + 0.5).astype(int)
            if 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
                assert mask[row, column]


def test_dab_between_pixels_is_not_lost():
    assert BrushStroke(element=1, points=((4.5, 4.5),), diameter=1).footprint(SHAPE).sum() == 1


def test_stroke_outside_the_picture_paints_nothing():
    assert not BrushStroke(element=1, points=((-50, -50), (-40, 300)), diameter=9).footprint(SHAPE).any()


def test_apply_leaves_the_given_labels_alone():
    labels = np.zeros(SHAPE, np.uint8)
    painted = BrushStroke(element=2, points=((5, 5),), diameter=3).apply(labels)
    assert painted.sum() == 2 * 9
    assert painted.dtype == np.uint8
    assert not labels.any()


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "at least one point"),
        ([(1, float("nan"))], r"point 1 is \(1, nan\)"),
        ([(1, 2), (3, float("inf"))], r"point 2 is \(3, inf\)"),
        ([(1, 2, 3)], "pairs of numbers"),
        ("here", "pairs of numbers"),
    ],
)
def test_points_that_are_none_are_refused_in_plain_words(points, words):
    with pytest.raises(ValueError, match=words):
        BrushStroke(element=0, points=points, diameter=3)


@pytest.mark.parametrize("diameter", [0, -1, float("nan"), float("inf")])
def test_brush_without_a_width_is_refused(diameter):
    with pytest.raises(ValueError, match="diameter"):
        BrushStroke(element=0, points=[(1, 1)], diameter=diameter)
