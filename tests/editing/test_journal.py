"""A journal is on disk line by line, and read as far as it is whole."""

import pytest

from u3edu.editing import BrushStroke, EditScript
from u3edu.editing.journal import Done, Header, Journal, Jumped, Replaced, Staged, read_entries, read_header
from u3edu.editing.stages import Stage

HEADER = Header(name="case", base="00ff", model="fake")
STROKE = Done(operation=BrushStroke(element=1, points=[(2, 3)], diameter=4))
ENTRIES = (
    STROKE,
    Jumped(position=0),
    Replaced(script=EditScript(operations=(STROKE.operation,))),
    Staged(stages=(Stage(name="T1", script=EditScript()),)),
)


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "folder" / "case.jsonl", (HEADER,))
    for entry in ENTRIES:
        journal.write(entry)
    return journal.path


def test_what_is_written_can_be_read(path):
    assert read_header(path) == HEADER
    assert read_entries(path) == (list(ENTRIES), 0)


def test_line_that_was_being_written_is_left_out_wherever_it_was_cut(path):
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    for cut in range(last, len(whole) - 1):
        path.write_bytes(whole[:cut])
        entries, lost = read_entries(path)
        assert entries == list(ENTRIES[:3])
        assert lost == (cut > last)


def test_damage_in_the_middle_keeps_what_came_before(path):
    lines = path.read_bytes().split(b"\n")
    for damage in (b"\x00\xff\x00", b"{}", b'{"kind": "done"}', b'{"kind": "jumped", "position": -1}', b""):
        path.write_bytes(b"\n".join([*lines[:2], damage, *lines[3:]]))
        assert read_entries(path) == ([STROKE], 3)


def test_file_that_is_no_journal_has_no_header(tmp_path):
    for number, content in enumerate((b"", b"\x00" * 100, b"[]\n", b'{"kind": "header", "version": 2}\n')):
        path = tmp_path / str(number)
        path.write_bytes(content)
        assert read_header(path) is None
    assert read_header(tmp_path / "missing") is None


def test_file_that_is_there_is_never_written_over(path):
    with pytest.raises(FileExistsError):
        Journal(path, (HEADER,))
    assert len(read_entries(path)[0]) == 4
