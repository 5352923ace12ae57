"""A copy of the whole classroom in one file, taken while the service runs, and back again."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, func, inspect, select

from u3edu.classroom.database import version
from u3edu.classroom.errors import ClassroomProblem
from u3edu.classroom.tables import responses

# Where Debian keeps PostgreSQL's programs, beside the PATH.
DEBIAN = Path("/usr/lib/postgresql")
SQLITE_BEGINS, POSTGRES_BEGINS = b"SQLite format 3\0", b"PGDMP"


def back_up(engine: Engine, file: Path) -> int:
    """Copy the database as it is at one moment.

    Parameters
    ----------
    engine : Engine
    file : pathlib.Path
        Must not exist. It holds the answer books: keep it where trainees can't read it.

    Returns
    -------
    int
        How many responses are in the copy of an SQLite database, or were in PostgreSQL's before the
        copy began.

    Raises
    ------
    ClassroomProblem
        If there is nothing to copy, the file is there already, or the copy failed.
    """
    if file.exists():
        raise ClassroomProblem(f"{file} is there already; choose another name")
    if version(engine) is None:
        raise ClassroomProblem(f"{engine.url!r}: no classroom in this database")
    unfinished = file.with_name(f"{file.name}.unfinished-{os.getpid()}")
    # Nobody but the owner reads it, also while it grows.
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if engine.dialect.name == "sqlite":
            count = _copy_sqlite(Path(str(engine.url.database)), unfinished)
        else:
            count = _count(engine)
            _run("pg_dump", engine.url, "--format=custom", "--no-owner", f"--file={unfinished}")
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def restore(file: Path, engine: Engine) -> int:
    """Bring a copy back into an empty database of the same kind.

    Parameters
    ----------
    file : pathlib.Path
        That `back_up` wrote.
    engine : Engine

    Returns
    -------
    int
        How many responses there are now.

    Raises
    ------
    ClassroomProblem
        If the file is no copy of this kind of database, or the database is not empty; nothing is
        changed then.
    """
    try:
        with file.open("rb") as opened:
            begins = opened.read(16)
    except OSError as error:
        raise ClassroomProblem(f"{file}: cannot be read ({error.strerror})") from error
    kind = engine.dialect.name
    if not begins.startswith(SQLITE_BEGINS if kind == "sqlite" else POSTGRES_BEGINS):
        raise ClassroomProblem(f"{file}: no backup of a classroom in {kind}")
    if inspect(engine).get_table_names():
        raise ClassroomProblem(f"{engine.url!r} is not empty; restore into a new database")
    if kind == "sqlite":
        engine.dispose()
        target = Path(str(engine.url.database))
        unfinished = target.with_name(f"{target.name}.unfinished-{os.getpid()}")
        try:
            _copy_sqlite(file, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    else:
        words = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", engine.url, *words, str(file))
    return _count(engine)


def _copy_sqlite(source: Path, target: Path) -> int:
    """Copy page by page by SQLite's own means, and check the copy."""
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
            (said,) = written.execute("PRAGMA integrity_check").fetchone()
            if said == "ok":
                (count,) = written.execute("SELECT count(*) FROM responses").fetchone()
                return int(count)
    except sqlite3.DatabaseError as error:
        said = str(error)
    raise ClassroomProblem(f"{source}: damaged, and not copied ({said})")


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(responses)) or 0)


def _run(program: str, url: URL, *words: str) -> None:
    """Run one of PostgreSQL's programs; the password is in no list of processes."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *_debian_folders()]))
    if found is None:
        raise ClassroomProblem(f"{program} is not installed; it comes with PostgreSQL's client programs")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [found, f"--dbname={plain}", *words], capture_output=True, text=True, env=os.environ | secret
    )
    if done.returncode:
        raise ClassroomProblem(f"{program}: {done.stderr.strip()}")


def _debian_folders() -> list[str]:
    return [str(folder) for folder in sorted(DEBIAN.glob("*/bin"), reverse=True)]
