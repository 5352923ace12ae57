"""Exemplars are small, exact, and say what is wrong with bad ones."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from tests.editing.patterns import disc, mixture
from u3edu.editing import Box, Exemplar, InvalidEdit
from u3edu.editing.exemplar import OUTSIDE

MAP = mixture("speckled")


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_labels_survive_json_exactly(labels):
    labels[0, 0] = 3
    exemplar = Exemplar.from_labels(labels, name="x")
    again = Exemplar.model_validate_json(exemplar.model_dump_json())
    assert again == exemplar
    np.testing.assert_array_equal(again.labels, labels)
    assert again.elements == tuple(np.unique(labels[labels != OUTSIDE]))


def test_mask_polygon_and_box_cut_out_what_they_cover():
    mask = disc(MAP.shape, (50, 60), 9)
    exemplar = Exemplar.from_region(MAP, mask)
    assert exemplar.shape == (19, 19)
    np.testing.assert_array_equal(exemplar.inside, mask[41:60, 51:70])
    np.testing.assert_array_equal(exemplar.labels[exemplar.inside], MAP.labels[mask])
    box = Box(10, 20, 30, 45)
    assert Exemplar.from_region(MAP, box) == Exemplar.from_region(MAP, box.corners)
    np.testing.assert_array_equal(Exemplar.from_region(MAP, box).labels, MAP.labels[box.slices])


def test_largest_exemplar_is_a_few_kilobytes_of_json():
    assert len(Exemplar.from_region(MAP, Box(0, 0, 128, 128)).model_dump_json()) < 12_000


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (Box(0, 0, 129, 20), "at most 128 x 128 pixels; this region has 129 x 20"),
        (np.zeros((160, 160), bool), "no pixel in the picture"),
        (np.zeros((4, 4), bool), r"\(4, 4\) pixels and the label map \(160, 160\)"),
    ],
)
def test_region_that_makes_no_exemplar_is_refused(region, words):
    with pytest.raises(InvalidEdit, match=words):
        Exemplar.from_region(MAP, region)


def packed(stored):
    return base64.b64encode(zlib.compress(stored)).decode()


@pytest.mark.parametrize(
    ("shape", "data", "words"),
    [
        ((2, 2), "%%%", "no compressed labels"),
        ((2, 2), base64.b64encode(b"plain").decode(), "no compressed labels"),
        ((2, 2), packed(b"abc"), "do not hold the labels of 2 x 2"),
        ((2, 2), packed(bytes(10_000_000)), "do not hold the labels of 2 x 2"),
        ((2, 2), packed(b"\xff" * 4), "at least one pixel"),
        ((1, 500), packed(bytes(500)), "less than or equal to 128"),
    ],
)
def test_data_that_are_no_labels_are_refused(shape, data, words):
    with pytest.raises(ValueError, match=words):
        Exemplar(shape=shape, data=data)
