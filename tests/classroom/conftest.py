"""Databases of both kinds, a quiz on the shelf, and a clock that a test turns."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.classroom.postgres_server import PostgresServer, postgres_programs
from tests.quiz.stand_ins import Clock
from u3edu.classroom.database import connect, make_ready

DATABASES = ["sqlite", "postgresql"]


def needed(reason: str) -> None:
    """Skip, or fail where U3EDU_REQUIRE_BROWSER=1 says that tests of what is outside Python must run."""
    if os.environ.get("U3EDU_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and U3EDU_REQUIRE_BROWSER=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    programs = postgres_programs()
    if programs is None:
        needed("PostgreSQL is not installed (apt package postgresql)")
    assert programs is not None
    server = PostgresServer(programs)
    yield server
    server.close()


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'classroom.sqlite'}"
    return str(request.getfixturevalue("postgres").address())


@pytest.fixture
def open_engine() -> Iterator[Callable[[str], Engine]]:
    """Open a database; it is closed after the test."""
    engines = []

    def open_it(address: str) -> Engine:
        engines.append(connect(address))
        return engines[-1]

    yield open_it
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(address: str, open_engine: Callable[[str], Engine]) -> Engine:
    """A database with its tables."""
    engine = open_engine(address)
    make_ready(engine)
    return engine


@pytest.fixture
def clock() -> Clock:
    return Clock()
