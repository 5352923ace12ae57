"""A Quiz: its items in order, its rules and its pictures, as they are handed to trainees."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.files import read_document, read_files, read_png, write_files
from u3edu.quiz.items import Identifier, Item, Seconds, Words

DOCUMENT = "quiz.json"


class Rules(BaseModel):
    """What the instructor allows.

    Parameters
    ----------
    seconds : float, optional
        For each item and attempt, from the moment it is opened; no limit if left out. An item may
        have a limit of its own.
    attempts : int
        How often an item may be answered.
    counts : str
        Which attempt counts: ``"first"`` or ``"best"``.
    feedback : str
        ``"item"``: after the last attempt at each item; ``"end"``: when all are answered;
        ``"none"``: never here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: Seconds | None = None
    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    counts: Literal["first", "best"] = "best"
    feedback: Literal["item", "end", "none"] = "item"


class QuizDocument(BaseModel):
    """The quiz without its pictures, as ``quiz.json`` holds it.

    Parameters
    ----------
    id : str
        16 hexadecimal digits.
    title : str
    introduction : str
        What the trainee is told first.
    items : tuple of Item
        In the order in which they are asked.
    rules : Rules
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    id: Identifier
    title: Words
    introduction: Words
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=500)]
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _identifiers_are_unique(self) -> Self:
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items have one identifier")
        return self


@dataclass(frozen=True, eq=False)
class Quiz:
    """A quiz and its pictures.

    Parameters
    ----------
    document : QuizDocument
    files : mapping of str to bytes
        PNG by name, one for each picture that an item shows.

    Raises
    ------
    InvalidQuiz
        If a picture is missing or nobody's.
    """

    document: QuizDocument
    files: Mapping[str, bytes]

    def __post_init__(self) -> None:
        shown = {name for item in self.document.items for name in item.pictures}
        if shown != set(self.files):
            missing, extra = sorted(shown - set(self.files)), sorted(set(self.files) - shown)
            raise InvalidQuiz(
                f"{self.title}: missing {missing or 'nothing'}, shown by no item {extra or 'nothing'}"
            )

    @property
    def id(self) -> str:
        """Identifier of the quiz."""
        return self.document.id

    @property
    def title(self) -> str:
        """What it is called."""
        return self.document.title

    @property
    def items(self) -> tuple[Item, ...]:
        """The items in order."""
        return self.document.items

    @property
    def rules(self) -> Rules:
        """What the instructor allows."""
        return self.document.rules

    def item(self, identifier: str) -> Item:
        """The item with an identifier.

        Raises
        ------
        InvalidQuiz
            If there is none.
        """
        for item in self.items:
            if item.id == identifier:
                return item
        raise InvalidQuiz(f"{self.title}: no item {identifier}")

    def seconds(self, item: Item) -> float | None:
        """The time limit of an item: its own, or the quiz's; None without one."""
        return self.rules.seconds if item.seconds is None else item.seconds

    def pixels(self, name: str) -> np.ndarray:
        """The pixels of a picture, uint8 [H, W] or [H, W, 3]."""
        return read_png(self.files[name], name)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        count = f"{len(self)} item{'' if len(self) == 1 else 's'}"
        return f"Quiz({self.title!r}, {count})"


def write_quiz(quiz: Quiz, folder: str | PathLike[str]) -> Path:
    """Write a quiz as a folder for trainees.

    Raises
    ------
    FileExistsError
        If something is in the folder.
    """
    target = Path(folder)
    write_files(target, DOCUMENT, quiz.document.model_dump_json(), quiz.files)
    return target


def read_quiz(folder: str | PathLike[str]) -> Quiz:
    """Read a folder that `write_quiz` wrote.

    Raises
    ------
    InvalidQuiz
        If it is no quiz, or a picture is missing; the message says which.
    """
    source = Path(folder)
    document = read_document(source, DOCUMENT, QuizDocument, "quiz")
    return Quiz(document, read_files(source, {name for item in document.items for name in item.pictures}))
