"""A backup taken under load is whole, and comes back whole."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from tests.classroom.classes import Class, start_class
from tests.classroom.postgres_server import PostgresServer
from tests.quiz.stand_ins import Clock
from u3edu.classroom.backup import back_up, restore
from u3edu.classroom.errors import ClassroomProblem
from u3edu.classroom.tables import METADATA
from u3edu.cli import app


@pytest.fixture
def taught(engine: Engine, clock: Clock) -> Class:
    return start_class(engine, clock)


@pytest.fixture
def other_address(address: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the same kind."""
    if address.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'other.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.address()


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def test_a_backup_under_load_holds_every_answer_that_was_acknowledged_before_it(
    taught: Class, engine: Engine, other_address: str, open_engine: Callable[[str], Engine], tmp_path: Path
) -> None:
    done, acknowledged = threading.Event(), []

    def answer(name: str) -> None:
        number = 0
        while not done.is_set():
            for item in taught.quiz.items:
                if item.kind != "paint_it":  # slow to mark
                    given = taught.submission(item.kind)
                    acknowledged.append(taught.submit(f"{name} {number}", given).response.id)
            number += 1

    threads = [threading.Thread(target=answer, args=(f"trainee {one}",)) for one in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 40:
        done.wait(0.01)
    before = set(acknowledged)
    count = back_up(engine, tmp_path / "backup")
    during = set(acknowledged) - before
    done.set()
    for thread in threads:
        thread.join()
    other = open_engine(other_address)
    restored = restore(tmp_path / "backup", other)
    copy = start_class(other, Clock(), publish=False)
    entries = copy.ledger.entries()
    kept = {entry.response.id for entry in entries}
    assert before <= kept <= set(acknowledged)
    assert restored == len(entries) >= count >= len(before) and during
    # Whole: every answer has its mark, and the classroom goes on from here.
    assert all(entry.marks for entry in entries)
    everything = {entry.response.id: entry for entry in taught.ledger.entries()}
    assert all(everything[entry.response.id] == entry for entry in entries)
    assert copy.shelf.quiz(taught.quiz.id).files == taught.quiz.files
    copy.answer_all("afterwards")
    assert len(copy.ledger.responses()) == restored + 5


def test_the_commands_copy_a_database_and_bring_it_back(
    taught: Class, engine: Engine, address: str, other_address: str, open_engine: Callable[[str], Engine],
    tmp_path: Path,
) -> None:  # fmt: skip
    taught.answer_all("ada")

    def run(*words: object) -> str:
        result = CliRunner().invoke(app, ["classroom", *map(str, words)])
        assert result.exit_code == 0, result.output
        return result.output

    file = tmp_path / "monday.backup"
    assert re.search(r"monday\.backup: 5 answers", run("backup", file, "--database", address))
    assert file.stat().st_mode & 0o077 == 0  # the answer books are in it
    assert "5 answers restored" in run("restore", file, "--database", other_address)
    assert rows(open_engine(other_address)) == rows(engine)
    assert "of version 0002 are now of version 0002" in run("migrate", "--database", other_address)


def test_nothing_is_overwritten(
    taught: Class, engine: Engine, other_address: str, open_engine: Callable[[str], Engine], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with pytest.raises(ClassroomProblem, match="no classroom in this database"):
        back_up(open_engine(other_address), file)
    back_up(engine, file)
    written = file.read_bytes()
    with pytest.raises(ClassroomProblem, match="there already"):
        back_up(engine, file)
    with pytest.raises(ClassroomProblem, match="not empty"):
        restore(file, engine)
    assert file.read_bytes() == written
    assert sorted(tmp_path.glob("*unfinished*")) == []


@pytest.mark.parametrize("content", [b"", b"SQLite", b"PGDM", b"something else"])
def test_what_is_no_backup_is_refused(
    content: bytes, address: str, open_engine: Callable[[str], Engine], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    file.write_bytes(content)
    with pytest.raises(ClassroomProblem, match="no backup"):
        restore(file, open_engine(address))


def test_a_damaged_backup_is_refused(
    taught: Class, engine: Engine, other_address: str, open_engine: Callable[[str], Engine], tmp_path: Path
) -> None:
    taught.answer_all("ada")
    file = tmp_path / "backup"
    back_up(engine, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :] = b""
    file.write_bytes(content)
    other = open_engine(other_address)
    with pytest.raises(ClassroomProblem):
        restore(file, other)
    # Nothing half is left: the whole backup can still be restored.
    whole = tmp_path / "whole"
    back_up(engine, whole)
    assert restore(whole, other) == 5
