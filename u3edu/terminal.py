"""What the commands share at the terminal: arguments, messages, progress and mistakes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

FolderArgument = Annotated[
    Path,
    typer.Argument(metavar="FOLDER", help="A folder or zip file of DICOM, or one file.", show_default=False),
]
OutputOption = Annotated[
    Path, typer.Option("--output", metavar="DIR", help="Where to write.", show_default=False)
]


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, and what to call after each of `total` files."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    # In a notebook too the bar goes to standard error, not into a widget of its own.
    console = Console(stderr=True, force_jupyter=False)
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task(what, total=total)
        yield partial(bar.advance, task)


def check_output(target: Path, overwrite: bool | None = None) -> None:
    """Make the output folder; end the program rather than touch what somebody keeps there.

    `overwrite` is None for commands that don't offer it.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        occupied = any(target.iterdir())
    except OSError as error:
        stop(f"{target}: cannot be the output folder ({error.strerror}); choose another with --output")
    if occupied and not overwrite:
        or_else = "" if overwrite is None else ", or pass --overwrite"
        stop(f"{target} is not empty; choose another folder with --output{or_else}")


def say(message: str) -> None:
    """Write to standard error; names from disk or header cannot disturb the terminal."""
    shown = (character if character.isprintable() or character == "\n" else "?" for character in message)
    typer.echo("".join(shown), err=True)


def stop(message: str) -> NoReturn:
    """End the program with status 1 and a message."""
    say(f"u3edu: {message}")
    raise typer.Exit(1)
