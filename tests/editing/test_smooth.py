"""Smoothing follows the majority."""

import numpy as np
import pytest
from scipy import ndimage

from tests.editing.strategies import mottled
from u3edu.editing import Box, Smooth, apply_operation

NOISE = np.random.default_rng(3).integers(0, 4, (18, 22)).astype(np.uint8)


@pytest.mark.parametrize("radius", [1, 2, 4])
def test_pixel_becomes_what_most_pixels_of_its_disc_are(radius):
    smooth = Smooth(radius=radius).apply(NOISE)
    rows, columns = np.indices(NOISE.shape)
    for row, column in np.ndindex(NOISE.shape):
        disc = (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
        votes = np.bincount(NOISE[disc], minlength=4)
        own = NOISE[row, column]
        expected = own if votes[own] == votes.max() else votes.argmax()
        assert smooth[row, column] == expected


def test_two_elements_are_smoothed_as_by_the_median_filter():
    binary = (NOISE > 1).astype(np.uint8)
    disc = np.hypot(*np.mgrid[-2:3, -2:3]) <= 2
    inside = (slice(2, -2), slice(2, -2))
    np.testing.assert_array_equal(
        Smooth(radius=2).apply(binary)[inside], ndimage.median_filter(binary, footprint=disc)[inside]
    )


def test_smoothing_of_one_element_changes_no_border_between_others():
    base = mottled()
    smooth, _ = apply_operation(Smooth(radius=2, element=2), base)
    changed = smooth.labels != base.labels
    assert changed.any()
    assert ((base.labels == 2) | (smooth.labels == 2))[changed].all()


def test_smoothing_in_a_region_is_that_of_the_whole_inside_it():
    base, box = mottled(), Box(5, 6, 14, 17)
    whole, part = Smooth(radius=3).apply(base.labels), Smooth(radius=3, region=box.corners).apply(base.labels)
    np.testing.assert_array_equal(part[box.slices], whole[box.slices])
    assert apply_operation(Smooth(radius=3, region=box.corners), base)[1].union(box) == box
