"""Exemplars kept with a model: a small JSON file beside its weights."""

from os import PathLike
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import Exemplar

# Far above any set of exemplars; a larger file is something else.
_LARGEST_FILE = 8 * 1024**2


class _ExemplarFile(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    exemplars: tuple[Exemplar, ...] = ()


def save_exemplars(exemplars: tuple[Exemplar, ...], path: str | PathLike[str]) -> None:
    """Write exemplars to a file; one that is there is replaced.

    Raises
    ------
    InvalidEdit
        If one has no name or no source, or two have the same name.
    OSError
        If the file cannot be written.
    """
    _check_names(exemplars, str(path))
    Path(path).write_text(_ExemplarFile(exemplars=exemplars).model_dump_json(indent=1) + "\n", "utf-8")


def load_exemplars(path: str | PathLike[str]) -> tuple[Exemplar, ...]:
    """Read the exemplars that `save_exemplars` wrote.

    Raises
    ------
    InvalidEdit
        If the file holds no exemplars; the message names each wrong field.
    OSError
        If the file cannot be read.
    """
    if Path(path).stat().st_size > _LARGEST_FILE:
        raise InvalidEdit(f"{path}: too large for a file of exemplars")
    try:
        exemplars = _ExemplarFile.model_validate_json(Path(path).read_bytes()).exemplars
    except ValidationError as error:
        raise InvalidEdit.from_validation(error, f"{path}: no exemplars of version 1") from error
    _check_names(exemplars, str(path))
    return exemplars


def _check_names(exemplars: tuple[Exemplar, ...], where: str) -> None:
    """Every exemplar that is kept has a name of its own and says where it comes from."""
    for exemplar in exemplars:
        if not exemplar.name or not exemplar.source:
            raise InvalidEdit(f"{where}: an exemplar that is kept has a name and a source; got {exemplar}")
    names = [exemplar.name for exemplar in exemplars]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InvalidEdit(f"{where}: more than one exemplar is called {sorted(twice)[0]!r}")
