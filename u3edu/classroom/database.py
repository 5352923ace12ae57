"""The database of the classroom: an SQLite file or PostgreSQL, and the version of its tables."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from u3edu.classroom.errors import ClassroomProblem

MIGRATIONS = Path(__file__).parent / "migrations"
VARIABLE = "U3EDU_CLASSROOM_DATABASE"
# A writer waits for another one so long before it gives up; a transaction takes milliseconds.
BUSY_SECONDS = 30
# An execution option of those who only read.
READING = "u3edu_reading"


def default_address() -> str:
    """The address of the database where none is named: a file in the user's data folder."""
    return f"sqlite:///{user_data_path('u3edu', ensure_exists=True) / 'classroom.sqlite'}"


def connect(address: str) -> Engine:
    """Open a database; nothing is read or made yet.

    Parameters
    ----------
    address : str
        ``sqlite:////folder/file`` or ``postgresql+psycopg://user:password@host/name``.

    Raises
    ------
    ClassroomProblem
        If it is neither.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() == "postgresql":
            # Connections that the server has closed are noticed before they are used.
            return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=24)
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            raise ArgumentError("neither an SQLite file nor PostgreSQL")
    except (ArgumentError, NoSuchModuleError) as error:
        raise ClassroomProblem(
            f"{VARIABLE}: no address of a database ({error}); it looks like "
            "sqlite:////srv/u3edu/classroom.sqlite or postgresql+psycopg://user:password@host/u3edu"
        ) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=24)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def newest() -> str:
    """The version of the tables that this u3edu works with."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None  # the package has migrations
    return head


def version(engine: Engine) -> str | None:
    """The version of the tables in a database; None where there are none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables to a version, newer or older, with all that is in them.

    Parameters
    ----------
    engine : Engine
    to : str
        ``"head"`` for the newest; ``"base"`` takes the tables away.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision()
        if to == "base" or (current and to != "head" and _is_older(to, current)):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)


def make_ready(engine: Engine) -> None:
    """Make the tables of an empty database; check those of another.

    Raises
    ------
    ClassroomProblem
        If the database cannot be reached, or its tables are of another version.
    """
    try:
        found = version(engine)
        if found is None and not inspect(engine).get_table_names():
            migrate(engine)
            return
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise ClassroomProblem(f"{engine.url!r}: the database cannot be opened ({cause})") from error
    if found != newest():
        raise ClassroomProblem(
            f"{engine.url!r}: its tables are of version {found}, this u3edu needs {newest()}; back it up "
            "(u3edu classroom backup FILE), then run u3edu classroom migrate"
        )


def _is_older(to: str, current: str) -> bool:
    script = ScriptDirectory(str(MIGRATIONS))
    return to in {one.revision for one in script.iterate_revisions(current, "base")} and to != current


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # Python would open transactions late, and not before changes of tables.
    connection.isolation_level = None
    # Readers don't wait for the writer, and what is committed is on the disk.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # A transaction that begins as a reader and goes on as a writer could be refused midway.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
