"""Exemplars kept with a model: a small JSON file beside its weights."""

from os import PathLike
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import Exemplar

# Far above any set of exemplars; a larger file is something else.
_LARGEST_FILE = 8 * 1024**2


class ExemplarFile(BaseModel):
    """What the file holds: labels alone, no pixel of a picture.

    Parameters
    ----------
    elements : tuple of str
        Names of the elements of the model that made the labels, in the order of their numbers;
        empty where the exemplars go with any model.
    attribution : tuple of str
        The collections that the labels were made from, as their licences want them named.
    exemplars : tuple of Exemplar
        Each with a name of its own and where it comes from.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: an exemplar without a name or a source, two with the same name, or one
        with an element that the model does not have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    elements: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    exemplars: tuple[Exemplar, ...] = ()

    @model_validator(mode="after")
    def _check_exemplars(self) -> "ExemplarFile":
        for exemplar in self.exemplars:
            if not exemplar.name or not exemplar.source:
                raise ValueError(f"an exemplar that is kept has a name and a source; got {exemplar}")
            if self.elements and exemplar.elements[-1] >= len(self.elements):
                raise ValueError(f"{exemplar} has an element that is none of the {len(self.elements)}")
        names = [exemplar.name for exemplar in self.exemplars]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"more than one exemplar is called {sorted(twice)[0]!r}")
        return self


def save_exemplars(
    exemplars: tuple[Exemplar, ...],
    path: str | PathLike[str],
    *,
    elements: tuple[str, ...] = (),
    attribution: tuple[str, ...] = (),
) -> None:
    """Write exemplars to a file; one that is there is replaced.

    Parameters
    ----------
    exemplars : tuple of Exemplar
    path : path
    elements, attribution : tuple of str
        See `ExemplarFile`.

    Raises
    ------
    InvalidEdit
        If one has no name, no source or an element too many, or two have the same name.
    OSError
        If the file cannot be written.
    """
    try:
        file = ExemplarFile(elements=elements, attribution=attribution, exemplars=exemplars)
    except ValidationError as error:
        raise InvalidEdit.from_validation(error, f"{path}: these exemplars are not kept") from error
    Path(path).write_text(file.model_dump_json(indent=1) + "\n", "utf-8")


def read_exemplar_file(path: str | PathLike[str]) -> ExemplarFile:
    """Read what `save_exemplars` wrote.

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
        return ExemplarFile.model_validate_json(Path(path).read_bytes())
    except ValidationError as error:
        raise InvalidEdit.from_validation(error, f"{path}: no exemplars of version 1") from error


def load_exemplars(path: str | PathLike[str]) -> tuple[Exemplar, ...]:
    """The exemplars in a file that `save_exemplars` wrote; see `read_exemplar_file`."""
    return read_exemplar_file(path).exemplars
