"""The difference of two pictures is counted in the right region and unit."""

from dataclasses import replace

import numpy as np
import pytest

from u3edu.editing import Difference, edited_pixels
from u3edu.imaging.slice import IntensityScale, Slice


@pytest.fixture
def edited():
    edited = np.zeros((20, 24), bool)
    edited[10, 10:12] = True
    return edited


def pictures(acquisition, *changes):
    before = np.zeros((20, 24), np.float32)
    after = before.copy()
    for place, change in changes:
        after[place] += change
    return Slice(before, acquisition), Slice(after, acquisition)


def test_each_change_is_counted_in_its_region(acquisition, edited):
    before, after = pictures(acquisition, ((10, 10), 0.5), ((8, 8), -0.25), ((10, 14), 1.0), ((0, 0), 0.125))
    difference = Difference.measure(before, after, edited, halo=2)
    counted = [
        (region.pixels, region.changed) for region in (difference.edit, difference.rim, difference.beyond)
    ]
    assert counted == [(2, 1), (5 * 6 - 2, 1), (20 * 24 - 30, 2)]
    assert difference.edit.mean == pytest.approx(0.5 / 2 * 50)
    assert difference.beyond.largest == pytest.approx(50.0)
    assert difference.unit == "% of the range"


def test_ct_is_measured_in_hounsfield_units(acquisition, edited):
    ct = replace(acquisition, modality="CT", scale=IntensityScale(2048.0, 0.0, "HU"))
    before, after = pictures(ct, ((10, 10), -0.5), ((10, 11), -0.5))
    difference = Difference.measure(before, after, edited, halo=2)
    assert difference.edit.mean == pytest.approx(1024.0)
    assert "by 1.02e+03 HU" not in difference.summary
    assert "by 1,024 HU on average" in difference.summary


def test_rounding_noise_is_no_change(acquisition, edited):
    before, after = pictures(acquisition, ((0, 0), 5e-5))
    difference = Difference.measure(before, after, edited, halo=2)
    assert difference.beyond.changed == 0
    assert "Beyond the rim (450 pixels): nothing changed." in difference.summary


def test_picture_without_an_edit_is_all_beyond_the_rim(acquisition):
    before, after = pictures(acquisition)
    difference = Difference.measure(before, after, np.zeros((20, 24), bool), halo=3)
    assert difference.beyond.pixels == 480
    assert difference.edit.share == 0.0
    assert "no pixels here" in difference.summary


def test_sizes_that_differ_are_refused(acquisition, edited):
    before, after = pictures(acquisition)
    with pytest.raises(ValueError, match="differ in size"):
        Difference.measure(before, after, edited[:5], halo=2)


def test_edited_pixels_are_those_with_another_element(label_map):
    labels = label_map.labels.copy()
    labels[3, 4] = 2
    edited = edited_pixels(label_map, label_map.with_labels(labels))
    assert np.argwhere(edited).tolist() == [[3, 4]]
