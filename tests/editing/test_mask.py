"""A mask says which pixels may change, in numbers and in words."""

import numpy as np
import pytest

from tests.editing.strategies import picture
from u3edu.editing import (
    BrushStroke,
    EditContext,
    EditHistory,
    EditScript,
    IntensityRange,
    InvalidEdit,
    Mask,
    apply_operation,
)

EVERYWHERE = {"element": 2, "points": [(10, 12)], "diameter": 80}


def painted(label_map, mask, context=None):
    """The pixels that a stroke over everything paints."""
    return apply_operation(BrushStroke(**EVERYWHERE, mask=mask), label_map, context)[0].labels == 2


def test_stroke_paints_only_over_chosen_elements(label_map):
    assert (painted(label_map, Mask(only_over=(1,))) == (label_map.labels == 1)).all()


def test_stroke_leaves_kept_elements_alone(label_map):
    assert (painted(label_map, Mask(keep=(1,))) == (label_map.labels == 0)).all()


def test_stroke_paints_only_within_a_range_of_the_original(label_map):
    mask = Mask(within=IntensityRange(low=-0.5, high=0.5))
    context = EditContext(label_map, picture())
    raw = picture().raw
    np.testing.assert_array_equal(painted(label_map, mask, context), (raw >= -0.5) & (raw <= 0.5))


def test_mask_goes_by_the_original_after_edits_too(label_map):
    context = EditContext(label_map, picture())
    mask = Mask(within=IntensityRange(high=0.0), keep=(2,))
    script = EditScript(operations=(BrushStroke(element=2, points=[(3, 3)], diameter=4),))
    script = script.then(BrushStroke(**{**EVERYWHERE, "element": 1}, mask=mask))
    edited, _ = script.apply(label_map, context)
    assert (edited.labels[3, 2:5] == 2).all()
    assert (edited.labels[:, :12] != 0).all()


def test_range_of_intensities_without_a_picture_is_refused_and_nothing_is_lost(label_map):
    history = EditHistory(label_map)
    operation = BrushStroke(**EVERYWHERE, mask=Mask(within=IntensityRange(low=0)))
    with pytest.raises(InvalidEdit, match="no picture was given"):
        history.do(operation)
    assert history.label_map is label_map


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"only_over": ()}, "lets nothing be painted"),
        ({"only_over": (1,), "keep": (1, 2)}, "lets nothing be painted"),
        ({"within": {}}, "a low end, a high end or both"),
        ({"within": {"low": 2, "high": 1}}, "from low to high; got 2 to 1"),
        ({"within": {"low": float("nan")}}, "finite"),
        ({"keep": (-1,)}, "keep"),
    ],
)
def test_mask_that_makes_no_sense_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        Mask(**values)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (Mask(), "over everything"),
        (Mask(only_over=(0, 1)), "only over fat and muscle"),
        (Mask(keep=(0, 1, 2)), "keeps fat, muscle and cyst"),
        (
            Mask(only_over=(0,), within=IntensityRange(low=-100, high=200)),
            "only over fat; only where the original has -100 to 200 HU",
        ),
        (Mask(within=IntensityRange(low=30)), "only where the original has 30 HU and above"),
        (Mask(within=IntensityRange(high=30)), "only where the original has up to 30 HU"),
    ],
)
def test_mask_in_words(label_map, mask, words):
    assert mask.in_words(label_map.elements, "HU") == words
