"""History list, stages, files and mode: panels beside the painter that work on its session."""

import base64
import re
from datetime import UTC, datetime

import numpy as np
import pytest

from u3edu.editing import BrushStroke, EditScript, Fill
from u3edu.editing.stages import Stages
from u3edu.widgets.history_list import HistoryList
from u3edu.widgets.mode_choice import ModeChoice
from u3edu.widgets.script_files import ScriptFiles
from u3edu.widgets.session import EditSession
from u3edu.widgets.stages_panel import StagesPanel

STROKES = [BrushStroke(element=4 + number, points=[(20, 20 + number)], diameter=6) for number in range(3)]


@pytest.fixture
def session(engine, picture):
    session = EditSession(engine, engine.segment(picture), picture)
    for stroke in STROKES:
        session.do(stroke)
    return session


def uploaded(name, content):
    """What the browser sends for a file that was chosen."""
    about = {"type": "application/json", "size": len(content), "last_modified": datetime.now(UTC)}
    return ({"name": name, "content": memoryview(content), **about},)


def notice(panel):
    return panel.children[-1].value


def test_history_says_each_step_in_words_and_stands_on_the_present_one(session):
    steps = HistoryList(session).steps
    assert steps.options[0] == "0. as segmented"
    assert re.fullmatch(r"1\. brush stroke, 4 tumour-like: \d+ pixels", steps.options[1])
    assert steps.index == 3
    session.undo()
    assert steps.index == 2 and len(steps.options) == 4
    session.do(Fill(element=2, seed=(0, 0)))
    assert steps.index == 3 and steps.options[3].startswith("3. fill, 2 muscle: ")
    session.reset()
    assert steps.options[4].startswith("4. reset: ")
    session.replace(EditScript(operations=tuple(STROKES)))
    assert steps.options[5].startswith("5. another edit of 3 steps: ")


def test_choosing_a_step_goes_there_and_back(session):
    panel, last = HistoryList(session), session.label_map.labels
    panel.steps.index = 1
    assert session.script.operations == (STROKES[0],)
    panel.steps.index = 0
    np.testing.assert_array_equal(session.label_map.labels, session.base.labels)
    panel.steps.index = 3
    np.testing.assert_array_equal(session.label_map.labels, last)
    assert len(session.history.steps) == 3, "looking back costs no step"


def test_stage_is_saved_left_and_returned_to(session):
    stages = Stages()
    panel = StagesPanel(session, stages)
    panel.name.value = " T2 "
    panel.buttons["save"].click()
    saved = session.label_map.labels
    assert stages.names == ("T2",) and panel.list.value == "T2"
    session.reset()
    panel.name.value = "normal"
    panel.buttons["save"].click()
    panel.list.value = "T2"
    panel.buttons["go"].click()
    np.testing.assert_array_equal(session.label_map.labels, saved)
    session.undo()
    np.testing.assert_array_equal(session.label_map.labels, session.base.labels)


def test_stages_are_ordered_renamed_deleted_and_brought_back(session):
    stages = Stages()
    panel = StagesPanel(session, stages)
    for name in ("normal", "T1", "T2"):
        panel.save(name)
    panel.list.value = "T2"
    panel.buttons["up"].click()
    assert stages.names == ("normal", "T2", "T1") and panel.list.value == "T2"
    panel.buttons["down"].click()
    panel.name.value = "T3"
    panel.buttons["rename"].click()
    assert stages.names == ("normal", "T1", "T3") and panel.list.value == "T3"
    panel.buttons["delete"].click()
    assert stages.names == ("normal", "T1")
    assert "T3 deleted" in notice(panel)
    panel.buttons["undo"].click()
    assert stages.names == panel.list.options == ("normal", "T1", "T3")


def test_stage_mistakes_are_said_and_change_nothing(session):
    stages = Stages()
    panel = StagesPanel(session, stages)
    panel.buttons["save"].click()
    assert "1 to 60 letters" in notice(panel)
    panel.save("T1")
    panel.save("T2")
    panel.list.value, panel.name.value = "T1", "T2"
    panel.buttons["rename"].click()
    assert "already a stage" in notice(panel)
    assert stages.names == ("T1", "T2")


def test_exported_edit_can_be_imported_elsewhere(session, engine, picture):
    files = ScriptFiles(session)
    files.export.click()
    content = base64.b64decode(re.search(r'base64,([^"]+)"', files.link.value)[1])
    other = EditSession(engine, engine.segment(picture))
    imports = ScriptFiles(other)
    imports.upload.value = uploaded("mine.json", content)
    assert other.script == session.script
    np.testing.assert_array_equal(other.label_map.labels, session.label_map.labels)
    assert imports.upload.value == ()
    assert "mine.json was imported: 3 steps" in notice(imports)


def test_link_to_an_earlier_edit_goes_away_with_the_next_step(session):
    files = ScriptFiles(session)
    files.export.click()
    session.undo()
    assert files.link.value == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no json", "not an edit script"),
        (EditScript(operations=(Fill(element=1, seed=(99, 0)),)).to_json().encode(), "operation 1 of 1"),
    ],
)
def test_file_that_does_not_fit_changes_nothing_and_is_named(session, content, problem):
    files, script = ScriptFiles(session), session.script
    files.upload.value = uploaded("<bad>.json", content)
    assert "&lt;bad&gt;.json was not imported" in notice(files)
    assert problem in notice(files)
    assert session.script == script


def test_mode_is_chosen_and_explained(session, picture):
    panel = ModeChoice(session)
    panel.choice.value = "in place"
    session.wait()
    assert session.mode == "in place"
    np.testing.assert_array_equal(session.synthetic.pixels[50:], picture.pixels[50:])
    assert "original outside the edit" in notice(panel)


def test_mode_chosen_in_a_cell_is_shown_too(session):
    panel = ModeChoice(session)
    session.mode = "in place"
    assert panel.choice.value == "in place"
    assert "original outside the edit" in notice(panel)
    session.wait()


def test_mode_without_an_original_is_refused_in_words(engine, picture):
    panel = ModeChoice(EditSession(engine, engine.segment(picture)))
    panel.choice.value = "in place"
    assert panel.choice.value == "whole"
    assert "needs the original picture" in notice(panel)
