"""The journal of an editing session: a file that grows by one line with each step."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from u3edu.editing.history import EditHistory
from u3edu.editing.in_place import Mode
from u3edu.editing.operations import EditOperation
from u3edu.editing.script import EditScript
from u3edu.editing.stages import Stage


class _Line(BaseModel):
    """What all lines share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Header(_Line):
    """The first line: what the journal is about.

    Parameters
    ----------
    name : str
        The autosave's name.
    base : str
        Digest of the label map that was begun with.
    model : str
        Name of the model.
    begun : datetime
    """

    kind: Literal["header"] = "header"
    version: Literal[1] = 1
    name: str
    base: str
    model: str
    begun: datetime = Field(default_factory=lambda: datetime.now(UTC))


class Done(_Line):
    """An operation was applied."""

    kind: Literal["done"] = "done"
    operation: EditOperation


class Replaced(_Line):
    """A script was put in place of the edit."""

    kind: Literal["replaced"] = "replaced"
    script: EditScript


class Jumped(_Line):
    """Steps were undone or redone until `position` of them were done."""

    kind: Literal["jumped"] = "jumped"
    position: int = Field(ge=0)


class Staged(_Line):
    """The named stages, all of them."""

    kind: Literal["staged"] = "staged"
    stages: tuple[Stage, ...]


class Drawn(_Line):
    """From here on the picture is made as `mode` says."""

    kind: Literal["drawn"] = "drawn"
    mode: Mode


Entry = Done | Replaced | Jumped | Staged | Drawn
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


class Journal:
    """Appends to one file; each line is on disk when `write` returns.

    Parameters
    ----------
    path : Path
        A new file, in a folder that is made where missing. No other process may write to it.
    lines : sequence of Header and Entry
        What it begins with.

    Raises
    ------
    OSError
        If the file cannot be written, or is there already.
    """

    def __init__(self, path: Path, lines: tuple[Header | Entry, ...]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._append("x", *lines)

    def write(self, entry: Entry) -> None:
        """Add a line.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        self._append("a", entry)

    def _append(self, mode: Literal["x", "a"], *lines: Header | Entry) -> None:
        text = "".join(line.model_dump_json() + "\n" for line in lines)
        with self.path.open(mode + "b") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


def read_header(path: Path) -> Header | None:
    """The first line of a journal; None if the file is none, or not readable."""
    try:
        with path.open("rb") as file:
            return Header.model_validate_json(file.readline())
    except (OSError, ValidationError):
        return None


def read_entries(path: Path) -> tuple[list[Entry], int]:
    """The lines after the header, as far as they can be read.

    Returns
    -------
    list of Entry
        Up to the first line that is damaged: what follows builds on it.
    int
        How many lines were left out. A last line without its end is one that was being written.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    lines = path.read_bytes().split(b"\n")[1:]
    if lines and not lines[-1]:
        lines.pop()
    entries: list[Entry] = []
    for line in lines:
        try:
            entries.append(_ENTRY.validate_json(line))
        except ValidationError:
            break
    return entries, len(lines) - len(entries)


def step_entry(history: EditHistory, known: tuple[object, ...]) -> Entry:
    """The line that says how `history` moved on since its steps were `known`."""
    if history.steps == known:
        return Jumped(position=history.position)
    made = history.steps[-1].made
    return Replaced(script=made) if isinstance(made, EditScript) else Done(operation=made)
