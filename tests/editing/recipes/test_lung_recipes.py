"""Nodules, ground glass, cavities and tags have the sizes that were asked for."""

import numpy as np
import pytest
from scipy import ndimage

from tests.editing.recipes.measuring import apply, chest, mixed
from u3edu.editing import InvalidEdit, Mask
from u3edu.editing.recipes import Cavity, GroundGlassNodule, Nodule, PleuralTag
from u3edu.editing.recipes.pleural_tag import nearest_pleura
from u3edu.imaging.phantom.truth import longest_diameter

PIXEL = 0.7
PHANTOM, MAP, CENTRE = chest(1)
LUNG, SOLID, GROUND_GLASS, AIR, TAG = (
    PHANTOM.tissue_names.index(name)
    for name in ("lung", "solid nodule", "ground glass nodule", "cavity", "pleural tag")
)
TOUCHING = np.ones((3, 3))


def diameter(label_map, *elements):
    return longest_diameter(np.isin(label_map.labels, elements), (PIXEL, PIXEL))


@pytest.mark.parametrize("margin", ["smooth", "lobulated", "spiculated"])
@pytest.mark.parametrize("size", [4, 9, 22])
def test_body_of_a_nodule_is_as_long_as_was_asked(margin, size):
    for seed in (0, 1, 2):
        body = Nodule(diameter=size, margin=margin, seed=seed).operations(MAP, CENTRE, SOLID)[-1:]
        assert diameter(apply(body, MAP), SOLID) == pytest.approx(size, abs=PIXEL)


def compactness(mask):
    """Area over that of the circle with the same outline: 1 is round, less is uneven."""
    edge = (mask & ~ndimage.binary_erosion(mask)).sum()
    return 4 * np.pi * mask.sum() / edge**2


def test_margins_are_told_apart_by_their_outline():
    found = {}
    for margin in ("smooth", "lobulated", "spiculated"):
        edited = [
            apply(Nodule(diameter=22, margin=margin, seed=s).operations(MAP, CENTRE, SOLID), MAP)
            for s in (0, 1)
        ]
        found[margin] = np.mean([compactness(one.labels == SOLID) for one in edited])
        assert all(ndimage.label(one.labels == SOLID, TOUCHING)[1] == 1 for one in edited)
    assert found["smooth"] > 1.03 * found["lobulated"]
    assert found["lobulated"] > 2 * found["spiculated"]


def test_spicules_differ_in_length_and_lean():
    strands = Nodule(diameter=22, margin="spiculated", seed=3).operations(MAP, CENTRE, SOLID)[:-1]
    outlines = [np.asarray(strand.points) for strand in strands]
    tips, feet = (np.array([(one[a] + one[b]) / 2 for one in outlines]) for a, b in ((8, 9), (0, 17)))
    lengths = np.hypot(*(tips - feet).T)
    assert lengths.max() > 1.6 * lengths.min()
    arms, strands = feet - np.asarray(CENTRE), tips - feet
    across = arms[:, 0] * strands[:, 1] - arms[:, 1] * strands[:, 0]
    leans = np.degrees(np.arcsin(across / np.hypot(*arms.T) / lengths))
    assert leans.max() > 3 and leans.min() < -3


def test_nodule_is_painted_over_the_lung_alone_where_the_mask_says_so():
    near_wall = nearest_pleura(MAP, CENTRE, (LUNG,))
    nodule = Nodule(diameter=20, mask=Mask(only_over=(LUNG,)))
    edited = apply(nodule.operations(MAP, near_wall, SOLID), MAP)
    assert (MAP.labels[edited.labels != MAP.labels] == LUNG).all()


def test_part_solid_nodule_has_both_its_diameters():
    recipe = GroundGlassNodule(diameter=20, solid_share=0.4, mask=Mask(only_over=(LUNG,)))
    edited = apply(recipe.operations(MAP, CENTRE, GROUND_GLASS, SOLID), MAP)
    assert diameter(edited, GROUND_GLASS, SOLID) == pytest.approx(20, abs=PIXEL)
    assert diameter(edited, SOLID) == pytest.approx(8, abs=PIXEL)
    core = ndimage.binary_dilation(edited.labels == SOLID)
    assert np.isin(edited.labels[core], (SOLID, GROUND_GLASS)).all()


def test_pure_ground_glass_has_no_solid_part():
    (operation,) = GroundGlassNodule(diameter=12).operations(MAP, CENTRE, mixed(GROUND_GLASS, LUNG))
    edited = apply((operation,), MAP)
    assert not (edited.labels == SOLID).any()
    assert (edited.labels == GROUND_GLASS).any()


def test_cavity_and_its_wall_have_the_sizes_that_were_asked_for():
    recipe = Cavity(diameter=12, wall=3, mask=Mask(only_over=(LUNG,)))
    edited = apply(recipe.operations(MAP, CENTRE, AIR, SOLID), MAP)
    assert diameter(edited, AIR) == pytest.approx(12, abs=PIXEL)
    assert diameter(edited, AIR, SOLID) == pytest.approx(18, abs=PIXEL)
    wall = ndimage.distance_transform_edt(np.isin(edited.labels, (AIR, SOLID)))
    outline = (edited.labels == AIR) & ndimage.binary_dilation(edited.labels == SOLID)
    # Measured from the air's last pixels, whose centres lie half a pixel inside, to the first outside.
    assert wall[outline].min() * PIXEL == pytest.approx(3 + PIXEL, abs=PIXEL)


def test_tag_ties_the_nodule_to_the_pleura():
    nodule = apply(Nodule(diameter=10).operations(MAP, CENTRE, SOLID), MAP)
    end = nearest_pleura(nodule, CENTRE, (LUNG,))
    tied = apply(PleuralTag(width=2).operations(nodule, CENTRE, end, TAG), nodule)
    assert MAP.labels[int(end[0]), int(end[1])] != LUNG
    strand = tied.labels == TAG
    joined = ndimage.label(strand | (tied.labels == SOLID), TOUCHING)[0]
    assert joined[int(end[0]), int(end[1])] == joined[strand][0]
    assert ndimage.label(strand | (tied.labels == SOLID), TOUCHING)[1] == 1
    length = np.hypot(*(np.subtract(end, CENTRE))) * PIXEL
    assert strand.sum() * PIXEL**2 < 2.5 * length


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: GroundGlassNodule(diameter=9, solid_share=0.5).operations(MAP, CENTRE, 1), "solid part"),
        (lambda: Cavity(diameter=9, wall=2).operations(MAP, CENTRE, 1), "for the wall"),
        (lambda: PleuralTag().operations(MAP, CENTRE, CENTRE, 1), "lie 0.0 mm"),
        (lambda: PleuralTag().operations(MAP, (0, 0), (400, 400), 1), "up to 60 mm"),
        (lambda: nearest_pleura(MAP, (2, 2), (LUNG,)), "no lung within 10 mm"),
    ],
)
def test_recipe_without_what_it_needs_is_refused(call, words):
    with pytest.raises(InvalidEdit, match=words):
        call()


@pytest.mark.parametrize(
    ("recipe", "fields"),
    [
        (Nodule, {"diameter": 2}),
        (GroundGlassNodule, {"diameter": 99}),
        (Cavity, {"diameter": 0}),
        (PleuralTag, {"width": 9}),
    ],
)
def test_size_out_of_its_range_is_refused_by_name(recipe, fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        recipe(**fields)
