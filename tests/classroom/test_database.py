"""The tables of both databases: made, checked, and brought from version to version with what is in them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from tests.classroom.classes import start_class
from tests.quiz.stand_ins import Clock
from u3edu.classroom.database import connect, make_ready, migrate, newest, version
from u3edu.classroom.errors import ClassroomProblem
from u3edu.classroom.tables import METADATA

KEPT = [table for table in METADATA.sorted_tables if table.name != "trail"]


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the trail."""
    with engine.connect() as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in KEPT}


def test_the_migrations_make_the_tables_that_the_code_works_with(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert version(engine) == newest()


def test_migrations_go_down_and_up_with_data_in_the_tables(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock)
    taught.answer_all("ada")
    taught.answer_all("alan", right=False)
    before = contents(engine)
    assert all(before.values())
    migrate(engine, "0001")
    assert "trail" not in inspect(engine).get_table_names()
    assert contents(engine) == before
    migrate(engine)
    assert contents(engine) == before
    # The trail begins anew with what is known, and the classroom goes on.
    assert [(step.who, step.action) for step in taught.trail.steps()] == [("grace", "published")]
    start_class(engine, clock, publish=False).answer_all("joan")
    assert len(taught.ledger.responses()) == 15
    migrate(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert not any(contents(engine).values())


def test_a_database_of_another_version_is_not_touched(engine: Engine) -> None:
    migrate(engine, "0001")
    with pytest.raises(ClassroomProblem, match=r"version 0001.*u3edu classroom migrate"):
        make_ready(engine)
    assert version(engine) == "0001"


def test_a_database_with_other_peoples_tables_is_not_touched(
    address: str, open_engine: Callable[[str], Engine]
) -> None:
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (name TEXT)"))
    with pytest.raises(ClassroomProblem, match="version None"):
        make_ready(engine)
    assert inspect(engine).get_table_names() == ["theirs"]


@pytest.mark.parametrize("address", ["", "classroom.sqlite", "sqlite://", "mysql://host/name", "oracle+x://"])
def test_what_is_no_address_is_refused_with_examples(address: str) -> None:
    with pytest.raises(ClassroomProblem, match="sqlite:////srv"):
        connect(address)


def test_a_password_is_not_in_the_message_about_a_database_that_is_away() -> None:
    with pytest.raises(ClassroomProblem) as said:
        make_ready(connect("postgresql://u3edu:tell-nobody@127.0.0.1:9/classroom"))
    assert "tell-nobody" not in str(said.value)
    assert "cannot be opened" in str(said.value)


def test_sqlite_commits_to_the_disk(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'classroom.sqlite'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()
