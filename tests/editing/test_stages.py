"""Named stages keep their order, and every change can be taken back."""

import pytest

from u3edu.editing import EditScript, Fill
from u3edu.editing.stages import Stage, Stages

EMPTY = EditScript()
FILLED = EditScript(operations=(Fill(element=1, seed=(0, 0)),))


@pytest.fixture
def stages():
    stages = Stages()
    for name in ("normal", "T1", "T2"):
        stages.save(name, EMPTY)
    return stages


def test_stages_are_saved_in_order_and_replaced_under_the_same_name(stages):
    stages.save(" T1 ", FILLED)
    assert stages.names == ("normal", "T1", "T2")
    assert stages["T1"].script == FILLED


def test_delete_rename_move_and_save_can_each_be_undone(stages):
    first = tuple(stages)
    changes = (
        lambda: stages.delete("T1"),
        lambda: stages.rename("T1", "T1 early"),
        lambda: stages.move("T2", 0),
        lambda: stages.save("T1", FILLED),
    )
    for change in changes:
        change()
        assert tuple(stages) != first
        stages.undo()
        assert tuple(stages) == first


def test_moved_stage_stands_where_it_was_put(stages):
    stages.move("T2", 0)
    assert stages.names == ("T2", "normal", "T1")
    stages.move("T2", 99)
    assert stages.names == ("normal", "T1", "T2")


def test_names_that_are_taken_missing_or_no_names_are_refused(stages):
    with pytest.raises(ValueError, match="already a stage 'T2'"):
        stages.rename("T1", "T2")
    with pytest.raises(ValueError, match="no stage 'T9'; there is normal, T1, T2"):
        stages.delete("T9")
    for name in ("", "  ", "a" * 61, "two\nlines"):
        with pytest.raises(ValueError, match="name"):
            stages.save(name, EMPTY)
    assert stages.names == ("normal", "T1", "T2")


def test_every_change_is_told_and_none_when_nothing_changed(stages):
    heard = []
    stages.on_change(lambda: heard.append(stages.names))
    stages.save("T2", EMPTY)
    stages.rename("T1", "T1")
    assert heard == []
    stages.delete("T1")
    stages.undo()
    assert heard == [("normal", "T2"), ("normal", "T1", "T2")]


def test_stage_survives_json():
    stage = Stage(name="T3", script=FILLED)
    assert Stage.model_validate_json(stage.model_dump_json()) == stage
