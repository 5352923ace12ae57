"""Several stages in a row, with what each changes."""

import numpy as np
import pytest
from PIL import Image

from u3edu.editing import BrushStroke, EditScript, InvalidEdit, apply_operation
from u3edu.editing.stages import Stage
from u3edu.widgets.compare_stages import CompareStages

FIRST = BrushStroke(element=9, points=[(20, 20)], diameter=6)
SECOND = BrushStroke(element=9, points=[(44, 44)], diameter=8)
STAGES = (
    Stage(name="normal", script=EditScript()),
    Stage(name="T1", script=EditScript(operations=(FIRST,))),
    Stage(name="T2 <late>", script=EditScript(operations=(FIRST, SECOND))),
)


@pytest.fixture
def base(engine, picture):
    return engine.segment(picture)


def test_each_stage_is_drawn_and_measured_against_the_one_before(engine, base):
    compare = CompareStages(engine, base, STAGES)
    assert [picture["title"] for picture in compare.pane.pictures] == [
        *("normal", "T1", "T2 <late>"),
        *("normal to T1", "T1 to T2 <late>"),
    ]
    assert [picture["map"] for picture in compare.pane.pictures] == [False] * 3 + [True] * 2
    for difference, operation in zip(compare.differences, (FIRST, SECOND), strict=True):
        painted = apply_operation(operation, base)[0].labels != base.labels
        assert difference.edit.pixels == painted.sum()
        assert difference.edit.mean > 0
        assert difference.beyond.changed == 0
    assert "T2 &lt;late&gt;" in compare.children[-1].value
    assert repr(compare) == "CompareStages(normal, T1, T2 <late>)"


def test_in_place_the_first_stage_is_the_original_itself(engine, base, picture):
    compare = CompareStages(engine, base, STAGES, picture, mode="in place")
    np.testing.assert_array_equal(compare._pictures[0][1].pixels, picture.pixels)
    assert compare.pane.pictures[0]["note"] == "original picture"
    assert compare.pane.pictures[1]["note"] == "synthetic, for education only"


def test_progression_has_a_frame_for_each_stage(engine, base, tmp_path):
    CompareStages(engine, base, STAGES).save_progression(tmp_path / "stages.gif")
    assert Image.open(tmp_path / "stages.gif").n_frames == 3


def test_what_cannot_be_compared_is_refused(engine, base):
    for stages, words in ((STAGES[:1], "there is 1"), ((), "there are none")):
        with pytest.raises(ValueError, match=words):
            CompareStages(engine, base, stages)
    with pytest.raises(ValueError, match="needs the original"):
        CompareStages(engine, base, STAGES, mode="in place")
    wrong = Stage(
        name="wrong", script=EditScript(operations=(BrushStroke(element=77, points=[(1, 1)], diameter=2),))
    )
    with pytest.raises(InvalidEdit, match="no element 77"):
        CompareStages(engine, base, (STAGES[0], wrong))
