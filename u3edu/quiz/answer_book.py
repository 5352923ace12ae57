"""The answer book of a quiz: keys, masks and the pictures shown afterwards, for the instructor's copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.files import read_document, read_files, read_png, write_files
from u3edu.quiz.items import Identifier
from u3edu.quiz.keys import Key, PaintItKey, WhatChangedKey
from u3edu.quiz.quiz import Quiz

DOCUMENT = "keys.json"


class Keys(BaseModel):
    """The keys of one quiz, as ``keys.json`` holds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    quiz: Identifier
    keys: Annotated[tuple[Key, ...], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, eq=False)
class AnswerBook:
    """Keys with their masks and pictures.

    Parameters
    ----------
    document : Keys
    files : mapping of str to bytes
        PNG by name: masks, maps of layers, pictures to show after submission.
    """

    document: Keys
    files: Mapping[str, bytes]

    def __post_init__(self) -> None:
        missing = _names(self.document) - set(self.files)
        if missing:
            raise InvalidQuiz(f"answer book of {self.document.quiz}: missing {sorted(missing)}")

    def key(self, item: str) -> Key:
        """The key to an item.

        Raises
        ------
        InvalidQuiz
            If there is none.
        """
        for key in self.document.keys:
            if key.item == item:
                return key
        raise InvalidQuiz(f"answer book of {self.document.quiz}: no key to item {item}")

    def pixels(self, name: str) -> np.ndarray:
        """The values of a map or picture, uint8 [H, W] or [H, W, 3]."""
        return read_png(self.files[name], name)

    def mask(self, name: str) -> np.ndarray:
        """A mask, bool [H, W]."""
        return self.pixels(name) > 0

    def check(self, quiz: Quiz) -> None:
        """Check that there is one key of the right kind to each item, and no other.

        Raises
        ------
        InvalidQuiz
            If not; the message names the item.
        """
        if self.document.quiz != quiz.id:
            raise InvalidQuiz(
                f"this is the answer book of quiz {self.document.quiz}; {quiz.title} is {quiz.id}"
            )
        kinds = {key.item: key.kind for key in self.document.keys}
        if len(kinds) != len(self.document.keys):
            raise InvalidQuiz(f"answer book of {quiz.title}: two keys to one item")
        for item in quiz.items:
            if kinds.pop(item.id, None) != item.kind:
                raise InvalidQuiz(f"{quiz.title}: no key of kind {item.kind} to item {item.id}")
        if kinds:
            raise InvalidQuiz(f"{quiz.title}: keys to no item: {', '.join(sorted(kinds))}")

    def __repr__(self) -> str:
        return f"AnswerBook({len(self.document.keys)} keys)"


def write_answer_book(book: AnswerBook, folder: str | PathLike[str]) -> Path:
    """Write an answer book as a folder; keep it away from trainees.

    Raises
    ------
    FileExistsError
        If something is in the folder.
    """
    target = Path(folder)
    write_files(target, DOCUMENT, book.document.model_dump_json(), book.files)
    return target


def read_answer_book(folder: str | PathLike[str]) -> AnswerBook:
    """Read a folder that `write_answer_book` wrote.

    Raises
    ------
    InvalidQuiz
        If it is no answer book, or a file is missing; the message says which.
    """
    source = Path(folder)
    document = read_document(source, DOCUMENT, Keys, "answer book")
    return AnswerBook(document, read_files(source, _names(document)))


def _names(document: Keys) -> set[str]:
    """The names of all files that the keys need."""
    names = {key.picture for key in document.keys if key.picture}
    for key in document.keys:
        if isinstance(key, WhatChangedKey):
            names.add(key.region)
        elif isinstance(key, PaintItKey):
            names.update(key.masks)
    return names
