"""Autosave: a killed kernel loses nothing that was acknowledged, and damage is survived."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.widgets.fake_engine import FakeEngine, pelvis
from tests.widgets.killed_session import stroke
from u3edu.editing import EditScript
from u3edu.editing.stages import Stages
from u3edu.widgets import autosave
from u3edu.widgets.autosave import Autosave
from u3edu.widgets.session import EditSession

ROOT = Path(__file__).parents[2]


def begin(folder, name="case 1", picture=None, stages=None):
    """What a fresh kernel does."""
    engine = FakeEngine()
    session = EditSession(engine, engine.segment(picture or pelvis()))
    return session, Autosave(session, name, stages, folder=folder)


def test_kernel_killed_in_the_middle_of_editing_loses_no_acknowledged_stroke(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.widgets.killed_session", tmp_path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    acknowledged = 0
    while acknowledged < 25:
        acknowledged = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().split("\n")
    process.wait()
    acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
    session, save = begin(tmp_path, "killed")
    restored = session.script.operations
    assert acknowledged <= len(restored) == save.restored
    labels = session.base.labels
    for operation in restored:
        labels = operation.apply(labels)
    np.testing.assert_array_equal(session.label_map.labels, labels)
    assert f"Restored {save.restored} edits from" in save.note.children[0].value


def test_everything_comes_back_with_its_history_and_stages(tmp_path):
    stages = Stages()
    session, _ = begin(tmp_path, stages=stages)
    for number in range(4):
        session.do(stroke(number))
    stages.save("T1", session.script)
    session.undo()
    session.replace(EditScript(operations=(stroke(7), stroke(8))))
    session.jump(2)
    back_stages = Stages()
    back, save = begin(tmp_path, stages=back_stages)
    assert back.script == session.script
    assert [step.made for step in back.history.steps] == [step.made for step in session.history.steps]
    assert back.history.position == 2
    assert tuple(back_stages) == tuple(stages)
    back.wait()
    session.wait()
    np.testing.assert_allclose(back.synthetic.pixels, session.synthetic.pixels, atol=1e-6)
    assert save.note.layout.display != "none"


def test_way_the_picture_is_made_comes_back_too(tmp_path):
    def begin_with_the_original():
        picture, engine = pelvis(), FakeEngine()
        session = EditSession(engine, engine.segment(picture), picture)
        return session, Autosave(session, "case 1", folder=tmp_path)

    session, _ = begin_with_the_original()
    session.do(stroke(1))
    session.mode = "in place"
    session.do(stroke(2))
    back, _ = begin_with_the_original()
    assert back.mode == "in place"
    assert back.script == session.script
    back.wait()
    session.wait()
    np.testing.assert_array_equal(back.synthetic.pixels, session.synthetic.pixels)


def test_nothing_to_restore_shows_nothing_and_leaves_no_file(tmp_path):
    session, save = begin(tmp_path)
    assert save.note.layout.display == "none"
    assert list(tmp_path.iterdir()) == []
    session.undo()
    assert save.path is None


def test_discard_goes_back_to_the_start_and_can_be_undone(tmp_path):
    begin(tmp_path)[0].do(stroke(1))
    session, save = begin(tmp_path)
    save.note.children[1].click()
    assert len(session.script) == 0
    assert save.note.layout.display == "none"
    assert len(begin(tmp_path)[0].script) == 0, "what was discarded stays so"
    session.undo()
    assert session.script.operations == (stroke(1),)


def test_two_kernels_on_one_autosave_keep_their_work_apart(tmp_path):
    first, first_save = begin(tmp_path)
    first.do(stroke(1))
    second, second_save = begin(tmp_path)
    second.do(stroke(2))
    first.do(stroke(3))
    second.do(stroke(4))
    assert first_save.path != second_save.path
    for kept, session in ((first_save, first), (second_save, second)):
        entries, lost = autosave.read_entries(kept.path)
        assert tuple(entry.operation for entry in entries) == session.script.operations
        assert lost == 0
    assert second.script.operations == (stroke(1), stroke(2), stroke(4))


def test_damaged_journal_restores_what_is_readable_and_says_so(tmp_path):
    session, save = begin(tmp_path)
    for number in range(1, 4):
        session.do(stroke(number))
    lines = save.path.read_bytes().split(b"\n")
    for broken, kept in (([*lines[:3], lines[3][:20]], 2), ([*lines[:2], b"\xff\x00", *lines[3:]], 1)):
        save.path.write_bytes(b"\n".join(broken))
        back, note = begin(tmp_path)
        assert back.script.operations == tuple(stroke(number) for number in range(1, kept + 1))
        assert "could not be read" in note.note.children[0].value
    save.path.write_bytes(b"\x00" * 500)
    assert len(begin(tmp_path)[0].script) == 0


def test_step_that_does_not_fit_ends_the_restored_part(tmp_path):
    session, save = begin(tmp_path)
    session.do(stroke(1))
    with save.path.open("a") as file:
        file.write('{"kind": "jumped", "position": 77}\n')
    back, again = begin(tmp_path)
    assert back.script.operations == (stroke(1),)
    assert "1 damaged line" in again.note.children[0].value


def test_autosave_of_another_picture_is_left_alone_and_named(tmp_path):
    session, save = begin(tmp_path)
    session.do(stroke(1))
    kept = save.path.read_bytes()
    other, note = begin(tmp_path, picture=pelvis(48))
    assert len(other.script) == 0
    assert "belongs to another picture or model" in note.note.children[0].value
    other.do(stroke(2))
    assert save.path.read_bytes() == kept
    assert begin(tmp_path)[0].script == session.script


def test_names_that_share_a_file_name_do_not_mix(tmp_path):
    begin(tmp_path, "a/b")[0].do(stroke(1))
    assert len(begin(tmp_path, "a b")[0].script) == 0
    assert len(begin(tmp_path, "a/b")[0].script) == 1


def test_disk_that_cannot_be_written_is_told_and_the_edit_goes_on(tmp_path):
    folder = tmp_path / "folder"
    folder.write_text("a file where the folder should be")
    session, save = begin(folder)
    session.do(stroke(1))
    assert len(session.script) == 1
    assert "Autosave does not work" in save.note.children[0].value
    folder.unlink()
    session.do(stroke(2))
    assert begin(folder)[0].script == session.script, "the first stroke was written with the second"


def test_journals_nobody_wrote_to_for_a_month_are_removed(tmp_path, monkeypatch):
    session, save = begin(tmp_path)
    session.do(stroke(1))
    monkeypatch.setattr(autosave, "KEPT_DAYS", -1)
    assert len(begin(tmp_path)[0].script) == 0
    assert not save.path.exists()


@pytest.mark.parametrize("name", ["", "///", "Fall 3: Ö", "x" * 500])
def test_any_name_will_do(tmp_path, name):
    begin(tmp_path, name)[0].do(stroke(1))
    assert len(begin(tmp_path, name)[0].script) == 1
