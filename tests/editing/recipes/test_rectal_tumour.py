"""Rectal tumours have the depth, the clock position and the extent that were asked for."""

import numpy as np
import pytest
from scipy import ndimage

from tests.editing.recipes.measuring import apply, mixed, pelvis
from u3edu.editing import InvalidEdit, Mask, TissuePolygon
from u3edu.editing.recipes import RectalTumour
from u3edu.imaging.phantom.truth import depth_beyond

PIXEL = 0.6


def draw(seed, tumour, paint=None):
    """The phantom, its label map after the tumour, and the tumour's pixels."""
    phantom, label_map = pelvis(seed)
    lumen = phantom.tissue_names.index("lumen")
    paint = phantom.tissue_names.index("tumour") if paint is None else paint
    middle = tuple(np.argwhere(phantom.layers == 1).mean(axis=0))
    operations = tumour.operations(label_map, middle, (lumen,), paint)
    edited = apply(operations, label_map)
    return phantom, edited, edited.labels != label_map.labels, operations


def clocks(phantom, mask):
    """Clock position of each pixel of a mask, seen from the middle of the lumen."""
    arms = np.argwhere(mask) - np.argwhere(phantom.layers == 1).mean(axis=0)
    return np.degrees(np.arctan2(arms[:, 1], -arms[:, 0])) / 30 % 12


@pytest.mark.parametrize("seed", [2, 4])
@pytest.mark.parametrize(
    ("clock", "hours", "depth", "wall", "margin"),
    [
        (6, 3, 4.0, 0, "smooth"),
        (3, 2, 2.0, 6.0, "lobulated"),
        (8.5, 4, 9.0, 0, "smooth"),
        (11.5, 5, 1.5, 0, "lobulated"),
    ],
)
def test_tumour_is_as_deep_and_lies_where_it_was_asked_for(seed, clock, hours, depth, wall, margin):
    tumour = RectalTumour(clock=clock, hours=hours, depth=depth, wall=wall, margin=margin, height=0)
    phantom, _, lesion, _ = draw(seed, tumour)
    assert depth_beyond(lesion, phantom.layers == 1, (PIXEL, PIXEL)) == pytest.approx(wall + depth, abs=PIXEL)
    away = (clocks(phantom, lesion) - clock + 6) % 12 - 6
    assert np.mean(away) == pytest.approx(0, abs=0.25)
    assert np.abs(away).max() <= hours / 2 + 0.15
    assert np.abs(away).max() >= 0.7 * hours / 2


def test_tumour_bulges_into_the_lumen_by_its_height():
    lesions = [draw(2, RectalTumour(clock=6, height=height))[2] for height in (0, 3.0)]
    phantom = pelvis(2)[0]
    bulge = lesions[1] & (phantom.layers == 1)
    assert not (lesions[0] & (phantom.layers == 1)).any()
    wall = phantom.layers != 1
    assert depth_beyond(bulge, wall, (PIXEL, PIXEL)) == pytest.approx(3.0, abs=1.5 * PIXEL)


def test_tumour_higher_than_the_lumen_is_wide_ends_in_its_middle():
    phantom, _, lesion, _ = draw(2, RectalTumour(clock=6, hours=1.5, height=20))
    row, _ = np.argwhere(phantom.layers == 1).mean(axis=0)
    assert np.argwhere(lesion)[:, 0].min() == pytest.approx(row, abs=3)


def test_spicules_reach_beyond_the_front_and_are_joined_to_it():
    smooth = draw(2, RectalTumour(clock=6, margin="smooth"))[2]
    spiculated = draw(2, RectalTumour(clock=6, margin="spiculated"))[2]
    lumen = pelvis(2)[0].layers == 1
    depths = [depth_beyond(lesion, lumen, (PIXEL, PIXEL)) for lesion in (smooth, spiculated)]
    assert depths[1] > depths[0] + PIXEL
    assert ndimage.label(spiculated, np.ones((3, 3)))[1] == 1


def test_smooth_tumour_is_not_as_even_as_a_drawing_and_less_uneven_than_a_lobulated_one():
    def outline(margin, seed):
        tumour = RectalTumour(clock=6, hours=4, depth=8, height=0, margin=margin, seed=seed)
        return np.asarray(draw(2, tumour)[3][-1].points)[:61]

    def spread(margin):
        outlines = np.stack([outline(margin, seed) for seed in range(4)])
        return float(outlines.std(axis=0).max())

    assert 0.1 < spread("smooth") < 0.6 * spread("lobulated")


def test_tissue_is_painted_as_a_pattern_and_held_to_the_mask():
    phantom, label_map = pelvis(2)
    fascia = phantom.tissue_names.index("mesorectal fascia")
    tissue = mixed(24, 4)
    tumour = RectalTumour(clock=6, depth=15, mask=Mask(keep=(fascia,)), rim=2)
    _, edited, lesion, operations = draw(2, tumour, tissue)
    assert all(isinstance(operation, TissuePolygon) for operation in operations)
    assert set(np.unique(edited.labels[lesion])) == {4, 24}
    assert ((edited.labels == fascia) == (label_map.labels == fascia)).all()


def test_same_seed_gives_the_same_operations_and_another_others():
    spiculated = RectalTumour(clock=6, margin="spiculated", seed=1)
    assert draw(2, spiculated)[3] == draw(2, spiculated)[3]
    assert draw(2, spiculated)[3] != draw(2, spiculated.model_copy(update={"seed": 2}))[3]


def test_tumour_without_a_lumen_or_room_is_refused():
    phantom, label_map = pelvis(2)
    lumen = phantom.tissue_names.index("lumen")
    with pytest.raises(InvalidEdit, match="no lumen within 10 mm of row 5, column 5"):
        RectalTumour(clock=6).operations(label_map, (5, 5), (lumen,), 24)
    with pytest.raises(InvalidEdit, match="out of the picture"):
        draw(2, RectalTumour(clock=6, depth=40, wall=20, hours=8))


@pytest.mark.parametrize(
    "fields", [{"clock": 13}, {"hours": 0}, {"depth": 0}, {"depth": 90}, {"height": -1}, {"margin": "wavy"}]
)
def test_parameter_out_of_its_range_is_refused_by_name(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        RectalTumour(**{"clock": 6, **fields})
