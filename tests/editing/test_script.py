"""Edit scripts replay, survive JSON, and say what is wrong with a bad one."""

import json

import numpy as np
import pytest
from hypothesis import given

from tests.editing.strategies import operations, shared_map
from u3edu.editing import Box, BrushStroke, EditScript, Fill, InvalidEdit


@shared_map
@given(operations)
def test_script_read_back_from_json_gives_the_same_map(label_map, operations):
    script = EditScript(operations=tuple(operations))
    again = EditScript.from_json(script.to_json())
    assert again == script
    np.testing.assert_array_equal(again.apply(label_map)[0].labels, script.apply(label_map)[0].labels)


@shared_map
@given(operations)
def test_box_holds_exactly_what_differs_from_the_first_map(label_map, operations):
    edited, box = EditScript(operations=tuple(operations)).apply(label_map)
    assert box == Box.around(edited.labels != label_map.labels)


def test_then_adds_at_the_end_and_leaves_the_script_alone():
    stroke, fill = BrushStroke(element=2, points=[(5, 5)], diameter=3), Fill(element=1, seed=(0, 0))
    script = EditScript().then(stroke)
    assert script.then(fill).operations == (stroke, fill)
    assert script.operations == (stroke,)


def test_json_says_kind_and_version():
    stored = json.loads(EditScript().then(Fill(element=1, seed=(2, 3))).to_json())
    assert stored["version"] == 1
    assert stored["operations"][0]["kind"] == "fill"


def test_element_the_model_lacks_is_refused_with_the_list(label_map):
    script = EditScript(operations=(Fill(element=1, seed=(0, 0)), Fill(element=3, seed=(0, 0))))
    with pytest.raises(InvalidEdit, match=r"operation 2 of 2 \(fill\): .*0 fat, 1 muscle, 2 cyst"):
        script.apply(label_map)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not an edit script"),
        ("not json", "Invalid JSON"),
        ('{"version": 2, "operations": []}', "version: Input should be 1"),
        ('{"operations": [{"kind": "zap"}]}', "brush_stroke.*fill"),
        (
            '{"operations": [{"kind": "brush_stroke", "element": 1, "points": [], "diameter": 2}]}',
            "at least one",
        ),
    ],
)
def test_text_that_is_no_script_is_refused_with_the_reason(text, words):
    with pytest.raises(InvalidEdit, match=words):
        EditScript.from_json(text)


def test_repr_is_short_and_counts():
    assert repr(EditScript().then(Fill(element=1, seed=(0, 0)))) == "EditScript(1 operation)"
