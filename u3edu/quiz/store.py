"""Where responses are kept: the protocol, and a file of JSON lines that only ever grows."""

import os
import threading
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from u3edu.problems import in_words
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.response import Opening, Record, Response

_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


class ResultsStore(Protocol):
    """Keeps openings and responses, wherever it is."""

    def opened(self, opening: Opening) -> Opening:
        """Note that an item was opened; answers the first opening of this item and attempt."""
        ...

    def record(self, response: Response) -> Response:
        """Keep a response; one that is recorded twice is kept once.

        Raises
        ------
        ValueError
            If another response with the same identifier is there already.
        """
        ...

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        """The responses to a quiz, of one trainee or all, in the order in which they came."""
        ...


class LocalStore:
    """A file with a line of JSON for each opening and response.

    Lines are only ever added, each in one write that is on disk before the call returns. A last
    line that was cut off was never acknowledged: it is left out, and the next line takes its place.

    Parameters
    ----------
    path : path-like
        The file; made with its folder when the first line is written.

    Raises
    ------
    InvalidQuiz
        When it is read, if a whole line is no record; the message says which.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._read_to = self._lines = 0
        self._responses: dict[str, Response] = {}
        self._openings: dict[tuple[str, str, str, int], Opening] = {}

    def opened(self, opening: Opening) -> Opening:
        """Note that an item was opened; answers the first opening of this item and attempt."""
        with self._lock:
            self._read()
            turn = (opening.quiz, opening.item, opening.who, opening.attempt)
            if turn not in self._openings:
                self._append(opening)
            return self._openings[turn]

    def record(self, response: Response) -> Response:
        """Keep a response; one that is recorded twice is kept once.

        Raises
        ------
        InvalidQuiz
            If another response with the same identifier is there already.
        """
        with self._lock:
            self._read()
            known = self._responses.get(response.id)
            if known is not None and known != response:
                raise InvalidQuiz(f"{self.path}: another response has the identifier {response.id}")
            if known is None:
                self._append(response)
            return response

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        """The responses to a quiz, of one trainee or all, in the order in which they came."""
        with self._lock:
            self._read()
            return tuple(
                one for one in self._responses.values() if quiz in (None, one.quiz) and who in (None, one.who)
            )

    def _read(self) -> None:
        """Take in the whole lines that were added since the last time, here or elsewhere."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_to)
                added = file.read()
        except FileNotFoundError:
            return
        for line in added[: added.rfind(b"\n") + 1].splitlines(keepends=True):
            self._lines += 1
            if line.strip():
                try:
                    self._keep(_RECORD.validate_json(line))
                except ValidationError as error:
                    raise InvalidQuiz(
                        f"{self.path}, line {self._lines}: no response ({in_words(error)}); "
                        "take the line out, or bring the file back from a copy"
                    ) from error
            self._read_to += len(line)

    def _append(self, record: Record) -> None:
        """Add a line after the last whole one, and wait until it is on disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = record.model_dump_json().encode() + b"\n"
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(file, "r+b", buffering=0) as stream:
            if os.fstat(file).st_size > self._read_to:
                stream.truncate(self._read_to)  # a line that was cut off, and so never acknowledged
            stream.write(line)
            os.fsync(file)
        self._read()

    def _keep(self, record: Record) -> None:
        """Remember a record; of two with one identifier or turn the first counts."""
        if isinstance(record, Response):
            self._responses.setdefault(record.id, record)
        else:
            self._openings.setdefault((record.quiz, record.item, record.who, record.attempt), record)
