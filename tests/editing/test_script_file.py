"""Edit scripts travel as files, and wrong files are named with what is wrong."""

import os

import pytest

from u3edu.editing import BrushStroke, EditScript, InvalidEdit, script_file
from u3edu.editing.script_file import read_script, write_script

SCRIPT = EditScript(operations=(BrushStroke(element=1, points=[(2, 3)], diameter=4),))


def test_written_script_is_read_again_and_nothing_else_is_left(tmp_path):
    write_script(EditScript(), tmp_path / "edit.json")
    write_script(SCRIPT, tmp_path / "edit.json")
    assert read_script(tmp_path / "edit.json") == SCRIPT
    assert os.listdir(tmp_path) == ["edit.json"]


def test_file_that_cannot_be_written_leaves_the_earlier_one(tmp_path, monkeypatch):
    path = tmp_path / "edit.json"
    write_script(SCRIPT, path)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_script(EditScript(), path)
    assert read_script(path) == SCRIPT
    assert os.listdir(tmp_path) == ["edit.json"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "JSON"),
        (b"\xff\xfe\x00", "not an edit script"),
        (b'{"version": 2, "operations": []}', "version"),
        (
            b'{"operations": [{"kind": "brush_stroke", "element": 1, "points": [], "diameter": 3}]}',
            "at least one",
        ),
    ],
)
def test_wrong_file_is_named_with_what_is_wrong(tmp_path, content, problem):
    path = tmp_path / "edit.json"
    path.write_bytes(content)
    with pytest.raises(InvalidEdit, match=rf"edit\.json: .*{problem}"):
        read_script(path)


def test_missing_folder_and_huge_files_are_refused(tmp_path, monkeypatch):
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(InvalidEdit, match=path.name):
            read_script(path)
    write_script(SCRIPT, tmp_path / "edit.json")
    monkeypatch.setattr(script_file, "LARGEST_BYTES", 10)
    with pytest.raises(InvalidEdit, match="more than any"):
        read_script(tmp_path / "edit.json")
