"""Databases of both kinds, a quiz on the shelf, and a clock that a test turns."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.classroom.classes import start_class
from tests.classroom.hub_stand_in import HubStandIn
from tests.classroom.postgres_server import PostgresServer, postgres_programs
from tests.classroom.served import Served
from tests.classroom.service_site import Site, client
from tests.quiz.stand_ins import Clock
from u3edu.classroom.database import connect, make_ready
from u3edu.classroom.publication import Publication

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


@pytest.fixture(scope="module", params=DATABASES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service in a process of its own, with the quiz of every kind published."""
    folder = tmp_path_factory.mktemp("service")
    database = (
        f"sqlite:///{folder / 'classroom.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres").address()
    )
    hub = HubStandIn()
    served = Served(hub, database, folder / "service.log")
    engine = connect(database)
    site = Site(hub, served, start_class(engine, Clock(), publish=False))
    quiz, book = site.taught.quiz, site.taught.book
    client(site, hub.instructor("grace")).publish(Publication.of("every-kind", quiz, book))
    yield site
    assert served.stop() == 0
    engine.dispose()
    hub.close()
