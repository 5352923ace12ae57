"""A lesion moves along the wall's normal by the mm that were asked for, measured on phantoms."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from u3edu.editing import (
    EditContext,
    Element,
    Exemplar,
    InvalidEdit,
    LabelMap,
    OneLayerBack,
    OneLayerDeeper,
    TissuePolygon,
    apply_operation,
)
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.rectal_tumour import RectalTumour
from u3edu.imaging.phantom.truth import depth_beyond

PIXEL = 0.6
SHAPE = (260, 200)
SEEDS = (2, 4)


def label_map_of(phantom):
    elements = tuple(Element(name, "#000000", 0.0) for name in phantom.tissue_names)
    return LabelMap(phantom.tissues, elements, phantom.picture.acquisition)


@cache
def wall_of(seed):
    return Wall(seed)


class Wall:
    """A phantom with a tumour that has entered the submucosa, and the same patient without."""

    def __init__(self, seed):
        self.phantom = pelvic_phantom(seed, RectalTumour(6, 3, "submucosa", 1.4), shape=SHAPE)
        healthy = pelvic_phantom(seed, healthy=True, shape=SHAPE)
        self.base, self.map = label_map_of(healthy), label_map_of(self.phantom)
        self.tumour = self.phantom.tissue_names.index("tumour")
        self.where = {
            "point": tuple(np.argwhere(self.phantom.lesion).mean(axis=0)),
            "elements": (self.tumour,),
            "lumen": tuple(np.argwhere(healthy.layers == 1).mean(axis=0)),
            "lumen_elements": (self.phantom.tissue_names.index("lumen"),),
        }

    def move(self, kind, label_map, **fields):
        moved, _ = apply_operation(kind(**{**self.where, **fields}), label_map, EditContext(self.base))
        return moved

    def depth(self, label_map, layer):
        """How far the tumour reaches out of all up to a layer (1 lumen … 4 muscularis propria), in mm."""
        layers = self.phantom.layers
        inside = (layers > 0) & (layers <= layer)
        return depth_beyond(label_map.labels == self.tumour, inside, (PIXEL, PIXEL))


@pytest.fixture(scope="module", params=SEEDS)
def wall(request):
    return wall_of(request.param)


@pytest.mark.parametrize("millimetres", [1.2, 3.0, 6.0])
def test_front_advances_by_the_mm_that_were_asked_for(wall, millimetres):
    deeper = wall.move(OneLayerDeeper, wall.map, millimetres=millimetres)
    assert wall.depth(deeper, 1) - wall.depth(wall.map, 1) == pytest.approx(millimetres, abs=PIXEL)


def test_layers_are_crossed_one_by_one(wall):
    """From the submucosa to its outer border or, where little is left of it, to the muscle's."""
    present, reached = wall.map, []
    for _ in range(2):
        present = wall.move(OneLayerDeeper, present)
        depths = {layer: wall.depth(present, layer) for layer in (3, 4)}
        reached.append(min((3, 4), key=lambda layer: abs(depths[layer] - PIXEL / 2)))
        if reached[-1] == 4:
            break
    assert reached[-1] == 4
    assert wall.depth(present, 4) <= 1.01 * PIXEL


def test_back_undoes_deeper(wall):
    deeper = wall.move(OneLayerDeeper, wall.map, millimetres=4.0)
    back = wall.move(OneLayerBack, deeper, millimetres=4.0)
    assert wall.depth(back, 1) == pytest.approx(wall.depth(wall.map, 1), abs=PIXEL)
    freed = (deeper.labels == wall.tumour) & (back.labels != wall.tumour)
    np.testing.assert_array_equal(back.labels[freed], wall.base.labels[freed])


def test_back_leaves_the_layer_that_the_front_stands_in(wall):
    through = wall.move(OneLayerDeeper, wall.map)
    if wall.depth(through, 3) <= PIXEL:
        through = wall.move(OneLayerDeeper, through)
    back = wall.move(OneLayerBack, through)
    assert wall.depth(through, 3) > 3 * PIXEL
    assert wall.depth(back, 3) <= 1.01 * PIXEL


def test_front_moves_outwards_not_to_the_sides(wall):
    deeper = wall.move(OneLayerDeeper, wall.map, millimetres=5.0)
    new = (deeper.labels == wall.tumour) & ~wall.phantom.lesion
    middle = np.array(wall.where["lumen"])

    def clock(mask):
        arms = np.argwhere(mask) - middle
        return np.arctan2(-arms[:, 1], arms[:, 0])

    old_clock, new_clock = clock(wall.phantom.lesion), clock(new)
    # Five mm to the sides would be half a radian at this radius.
    assert new_clock.min() > old_clock.min() - 0.2
    assert new_clock.max() < old_clock.max() + 0.2


def test_painted_tissue_moves_with_its_pattern():
    wall = wall_of(SEEDS[0])
    stripes = Exemplar.from_labels(np.array([[4, 24, 24], [24, 24, 4], [24, 4, 24]], np.uint8))
    row, column = wall.where["point"]
    corners = [(row - 4, column - 9), (row - 4, column + 9), (row + 4, column + 9), (row + 4, column - 9)]
    painted, _ = apply_operation(TissuePolygon(points=corners, exemplar=stripes), wall.base)
    deeper = wall.move(OneLayerDeeper, painted, elements=(), millimetres=4.0)
    new = deeper.labels != painted.labels
    area = ndimage.binary_fill_holes(ndimage.binary_closing(new))
    share = (deeper.labels[area] == 24).mean()
    assert new.sum() > 40
    assert share == pytest.approx(6 / 9, abs=0.15)
    assert set(np.unique(deeper.labels[new])) <= {4, 24}


def test_without_a_lumen_a_lesion_grows_all_round():
    labels = np.zeros((60, 60), np.uint8)
    labels[20:40, 20:40] = 1
    wall = wall_of(SEEDS[0])
    square = LabelMap(labels, wall.base.elements, wall.base.acquisition)
    move = {"point": (30, 30), "elements": (1,), "millimetres": 3.0}
    grown, box = apply_operation(OneLayerDeeper(**move), square)
    assert box.shape == (30, 30)
    assert (grown.labels[30] == 1).sum() == 30
    assert not grown.labels[15, 15]  # round corners: 3 mm from the corner, not from its sides
    shrunken, _ = apply_operation(OneLayerBack(**move), square)
    assert (shrunken.labels == 1).sum() == 100


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (OneLayerDeeper, {"point": (5, 5)}, "no such lesion within 10 mm of row 5, column 5"),
        (OneLayerDeeper, {"elements": ()}, "no edited region within"),
        (OneLayerDeeper, {"lumen": (5, 5)}, "no lumen within 10 mm"),
        (OneLayerBack, {}, "was there before the edit"),
    ],
)
def test_move_without_its_lesion_lumen_or_layers_is_refused(kind, fields, words):
    wall = wall_of(SEEDS[0])
    with pytest.raises(InvalidEdit, match=words):
        apply_operation(kind(**{**wall.where, **fields}), wall.map, EditContext(wall.map))


def test_front_with_one_element_beyond_it_needs_a_distance():
    labels = np.zeros((40, 40), np.uint8)
    labels[10:14, 10:14] = 1
    wall = wall_of(SEEDS[0])
    alone = LabelMap(labels, wall.base.elements, wall.base.acquisition)
    with pytest.raises(InvalidEdit, match="say by how many mm"):
        apply_operation(OneLayerDeeper(point=(11, 11), elements=(1,)), alone)
