"""`u3edu classroom`: the service for a class, and what its keeper and instructors do with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from u3edu.terminal import say, stop

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="A class on JupyterHub: the service and its database.",
)
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="U3EDU_CLASSROOM_DATABASE",
        help="sqlite:////folder/file or postgresql+psycopg://user:password@host/name; by default a file in "
        "the user's data folder.",
        show_default=False,
    ),
]
KeysOption = Annotated[Path, typer.Option(metavar="DIR", help="The answer book.", show_default=False)]


@app.callback()
def classroom() -> None:
    """Serve a class, and keep what it answers."""


@app.command()
def serve(database: DatabaseOption = None) -> None:
    """Run the service where JupyterHub wants it (JUPYTERHUB_SERVICE_URL), until told to stop.

    Makes the tables of an empty database; see docs/classroom.md for the Hub's configuration.
    """
    import asyncio
    import os

    with _problems(), _database(database) as engine:
        from u3edu.classroom.database import make_ready
        from u3edu.classroom.service.application import hub_from_environment
        from u3edu.classroom.service.application import serve as serve_classroom

        hub = hub_from_environment()
        make_ready(engine)
        address = os.environ.get("JUPYTERHUB_SERVICE_URL") or "http://127.0.0.1:10101"
        say(f"the classroom listens at {address}{hub.base_url}, its database is {engine.url!r}")
        asyncio.run(serve_classroom(engine, hub, address))


@app.command()
def migrate(
    database: DatabaseOption = None,
    to: Annotated[
        str, typer.Option(metavar="VERSION", help="An older version of the tables, for an older u3edu.")
    ] = "head",
) -> None:
    """Bring the tables to this u3edu's version. Stop the service and back up first."""
    with _problems(), _database(database) as engine:
        from u3edu.classroom.database import migrate as migrate_tables
        from u3edu.classroom.database import version

        before = version(engine)
        migrate_tables(engine, to)
        typer.echo(f"tables of version {before or 'none'} are now of version {version(engine) or 'none'}")


@app.command("publish-to")
def publish_to(
    folder: Annotated[Path, typer.Argument(metavar="QUIZ", help="The folder of a quiz.", show_default=False)],
    keys: KeysOption,
    name: Annotated[
        str | None,
        typer.Option(help="What notebooks open; by default that of the folder.", show_default=False),
    ] = None,
) -> None:
    """Hand a quiz and its answer book to the classroom that U3EDU_CLASSROOM_URL names, as instructor."""
    with _problems():
        from u3edu.classroom.opening import client_from_environment
        from u3edu.classroom.publication import Publication
        from u3edu.quiz.answer_book import read_answer_book
        from u3edu.quiz.quiz import read_quiz

        quiz, book = read_quiz(folder), read_answer_book(keys)
        book.check(quiz)
        name = name or folder.resolve().name
        client_from_environment().publish(Publication.of(name, quiz, book))
    typer.echo(f"{quiz.title}: {len(quiz)} questions published as {name} ({quiz.id})")


@app.command()
def regrade(
    quiz: Annotated[
        str, typer.Argument(metavar="QUIZ", help="Name or identifier of the quiz.", show_default=False)
    ],
    keys: KeysOption,
    why: Annotated[str, typer.Option(metavar="TEXT", help="For the audit trail.", show_default=False)],
    late_counts: Annotated[
        bool, typer.Option("--late-counts", help="Let answers that came too late count as they are.")
    ] = False,
) -> None:
    """Mark all answers to a quiz again with a corrected answer book; the old marks are kept."""
    with _problems():
        from u3edu.classroom.opening import client_from_environment, find_quiz
        from u3edu.classroom.publication import Correction
        from u3edu.quiz.answer_book import read_answer_book

        client, book = client_from_environment(), read_answer_book(keys)
        done = client.regrade(find_quiz(client, quiz).id, Correction.of(book, why, late_counts))
    typer.echo(f"{done.marked} answers marked again, {done.changed} scores changed")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)],
    database: DatabaseOption = None,
) -> None:
    """Copy the whole database to a file while the service runs. The answer books are in it."""
    with _problems(), _database(database) as engine:
        from u3edu.classroom.backup import back_up

        count = back_up(engine, file)
    typer.echo(f"{file}: {count} answers")


@app.command()
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What u3edu classroom backup wrote.", show_default=False)
    ],
    database: DatabaseOption = None,
) -> None:
    """Bring a backup back into an empty database of the same kind."""
    with _problems(), _database(database) as engine:
        from u3edu.classroom.backup import restore as bring_back

        count = bring_back(file, engine)
        typer.echo(f"{count} answers restored into {engine.url!r}")


@contextmanager
def _problems() -> Iterator[None]:
    """End the program with a message where something is wrong."""
    try:
        yield
    except ModuleNotFoundError as error:
        stop(f"the classroom needs the package {error.name}: pip install 'u3edu[hub]'")
    except (ValueError, OSError) as error:
        stop(str(error))


@contextmanager
def _database(address: str | None) -> "Iterator[Engine]":
    from u3edu.classroom.database import connect, default_address

    engine = connect(address or default_address())
    try:
        yield engine
    finally:
        engine.dispose()
