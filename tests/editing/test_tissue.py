"""The tissue brush paints patterns where it is led, clones, and interweaves its rim."""

from itertools import pairwise

import numpy as np
import pytest

from tests.editing.patterns import disc, mixture
from u3edu.editing import (
    Box,
    EditScript,
    Exemplar,
    InvalidEdit,
    LabelMap,
    Mask,
    TissueFill,
    TissuePolygon,
    TissueStroke,
    apply_operation,
)
from u3edu.editing.pattern_statistics import element_shares, neighbour_shares, total_variation

FIBRES = mixture("fibrous")
PATCH = Exemplar.from_region(mixture("blotched"), Box(40, 40, 88, 88))
STROKE = {"points": [(80, 80)], "diameter": 61, "exemplar": PATCH}
K = 6


def paint(**fields):
    return apply_operation(TissueStroke(**{**STROKE, **fields}), FIBRES)[0].labels


def test_lesion_of_60_pixels_has_the_pattern_of_its_exemplar():
    painted, area = paint(), disc(FIBRES.shape, (80, 80), 30)
    for measure in (element_shares, neighbour_shares):
        wanted = measure(PATCH.labels, PATCH.inside, K)
        assert total_variation(measure(painted, area, K), wanted) < 0.1
        # What it was painted over is quite another tissue.
        assert total_variation(measure(FIBRES.labels, area, K), wanted) > 0.2


def test_strokes_side_by_side_continue_one_pattern():
    whole = TissueStroke(points=[(60, 40), (60, 100)], diameter=20, exemplar=PATCH)
    halves = [
        TissueStroke(points=points, diameter=20, exemplar=PATCH)
        for points in ([(60, 40), (60, 70)], [(60, 70), (60, 100)])
    ]
    one = EditScript(operations=(whole,)).apply(FIBRES)[0]
    two = EditScript(operations=tuple(halves)).apply(FIBRES)[0]
    np.testing.assert_array_equal(one.labels, two.labels)


def test_clone_is_the_exemplar_itself_at_its_offset():
    cloned = paint(mode="clone", offset=(60, 70))
    np.testing.assert_array_equal(cloned[62:100, 72:100], PATCH.labels[2:40, 2:30])
    np.testing.assert_array_equal(cloned[:, :70], FIBRES.labels[:, :70])
    np.testing.assert_array_equal(cloned[:60], FIBRES.labels[:60])


@pytest.mark.parametrize("offset", [(-30, -30), (150, 150), (-500, 0), (0, 5000)])
def test_clone_reaching_out_of_the_picture_is_cut(offset):
    everywhere = TissuePolygon(
        points=Box.whole(FIBRES.shape).corners, exemplar=PATCH, mode="clone", offset=offset
    )
    cloned = apply_operation(everywhere, FIBRES)[0].labels
    for place in ((0, 0), (17, 17), (159, 159)):
        source = np.subtract(place, offset)
        if ((source >= 0) & (source < PATCH.shape)).all():
            assert cloned[place] == PATCH.labels[tuple(source)]
        else:
            assert cloned[place] == FIBRES.labels[place]


def test_holes_of_a_cloned_exemplar_paint_nothing():
    holed = np.full((9, 9), 255, np.uint8)
    holed[4, 4] = 5
    cloned = paint(exemplar=Exemplar.from_labels(holed), mode="clone", offset=(76, 76))
    assert np.argwhere(cloned != FIBRES.labels).tolist() == [[80, 80]]


def test_fill_and_polygon_paint_the_same_pattern_as_the_stroke():
    flat = LabelMap(np.where(disc(FIBRES.shape, (80, 80), 20), 5, 0), FIBRES.elements, FIBRES.acquisition)
    filled, _ = apply_operation(TissueFill(seed=(80, 80), exemplar=PATCH), flat)
    covered = flat.labels == 5
    np.testing.assert_array_equal(filled.labels[covered], paint()[covered])
    assert (filled.labels[~covered] == 0).all()


@pytest.mark.parametrize("rim", [3, 6, 10])
def test_rim_lies_between_old_and_new_and_the_middle_is_all_new(rim):
    sharp, woven = paint(), paint(rim=rim)
    either = (woven == sharp) | (woven == FIBRES.labels)
    assert either.all()
    deep = disc(FIBRES.shape, (80, 80), 29 - rim)
    np.testing.assert_array_equal(woven[deep], sharp[deep])
    np.testing.assert_array_equal(
        woven[~disc(FIBRES.shape, (80, 80), 31)], FIBRES.labels[~disc(FIBRES.shape, (80, 80), 31)]
    )


def test_rim_has_more_of_the_new_the_deeper_it_is():
    sharp, woven = paint(), paint(rim=10)
    differs = sharp != FIBRES.labels
    rings = [disc(FIBRES.shape, (80, 80), 30 - depth) for depth in (0, 3, 6, 9)]
    shares = [(woven == sharp)[outer & ~inner & differs].mean() for outer, inner in pairwise(rings)]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < shares[-1]


def test_rim_makes_the_edge_of_the_lesion_less_plain():
    """Pairs of neighbours across a sharp edge are unlike those of either tissue; in a rim less so."""
    wanted = (
        neighbour_shares(PATCH.labels, PATCH.inside, K)
        + neighbour_shares(FIBRES.labels, np.ones(FIBRES.shape, bool), K)
    ) / 2
    edge = disc(FIBRES.shape, (80, 80), 31) & ~disc(FIBRES.shape, (80, 80), 29)
    rim = disc(FIBRES.shape, (80, 80), 31) & ~disc(FIBRES.shape, (80, 80), 24)
    sharp = total_variation(neighbour_shares(paint(), edge, K), wanted)
    woven = total_variation(neighbour_shares(paint(rim=6), rim, K), wanted)
    assert woven < sharp


def test_pattern_is_held_to_the_mask():
    masked = paint(mask=Mask(only_over=(0,)), rim=4)
    assert (masked == FIBRES.labels)[FIBRES.labels != 0].all()


def test_element_of_the_exemplar_that_the_model_lacks_is_refused():
    few = LabelMap(FIBRES.labels * 0, FIBRES.elements[:3], FIBRES.acquisition)
    with pytest.raises(InvalidEdit, match="no element 3"):
        apply_operation(TissueStroke(**STROKE), few)


@pytest.mark.parametrize("fields", [{"mode": "clone"}, {"offset": (1, 1)}])
def test_offset_goes_with_a_clone_and_only_with_a_clone(fields):
    with pytest.raises(ValueError, match="a clone needs an offset"):
        TissueStroke(**STROKE, **fields)
