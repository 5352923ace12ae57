"""The ledger: openings, responses and marks in the classroom's database, only ever added to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, Select, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from u3edu.classroom.class_view import MarkedRow
from u3edu.classroom.commits import Commits
from u3edu.classroom.database import READING
from u3edu.classroom.errors import Conflict
from u3edu.classroom.shelf import newest_version
from u3edu.classroom.tables import answer_books, marks, openings, quizzes, responses
from u3edu.quiz.answers import Answer
from u3edu.quiz.mark import Mark
from u3edu.quiz.response import Opening, Response, now

_ANSWER: TypeAdapter[Answer | None] = TypeAdapter(Answer | None)


# What every answer needs is put together once.
_OPENING = select(openings).where(
    *(openings.c[name] == bindparam(name) for name in ("quiz", "who", "item", "attempt"))
)
_HELD = select(quizzes.c.id).where(quizzes.c.id == bindparam("quiz")).with_for_update(read=True)
_RESPONSE = insert(responses).returning(responses.c.number)
_MARK = insert(marks)


@dataclass(frozen=True)
class Entry:
    """A response with what the classroom knows of it.

    Parameters
    ----------
    number : int
        In the order in which they came.
    response : Response
        As it was given.
    late : bool
        Whether it came after its time.
    received_at : datetime
    marks : tuple of (int, Mark)
        By the version of the answer book, the one that counts last; without pictures.
    """

    number: int
    response: Response
    late: bool
    received_at: datetime
    marks: tuple[tuple[int, Mark], ...]

    def counted(self, late_counts: bool) -> Response:
        """The response as it counts: without an answer where it came too late."""
        if self.late and not late_counts:
            return self.response.model_copy(update={"answer": None})
        return self.response


class Superseded(Exception):
    """A mark was made with an answer book that has been corrected in the meantime."""


class Ledger:
    """Keeps openings and responses (`u3edu.quiz.store.ResultsStore`) and marks in a database.

    Parameters
    ----------
    engine : Engine
    clock : callable
        The present moment; for tests.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._reading = engine.execution_options(**{READING: True})
        self.commits = Commits(engine)
        self._note = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert(openings)
        self._note = self._note.on_conflict_do_nothing()

    def opened(self, opening: Opening) -> Opening:
        """Note that an item was opened; answers the first opening of this item and attempt."""
        turn = (opening.quiz, opening.who, opening.item, opening.attempt)
        kept = self.opening(*turn)
        if kept is None:
            self.commits.together(lambda connection: self._note_opening(connection, opening))
            kept = self.opening(*turn)
        assert kept is not None  # just noted, by this window or a faster one
        return kept

    def opening(self, quiz: str, who: str, item: str, attempt: int) -> Opening | None:
        """When an item was opened first; None if never."""
        turn = {"quiz": quiz, "who": who, "item": item, "attempt": attempt}
        with self._reading.connect() as connection:
            row = connection.execute(_OPENING, turn).one_or_none()
        return None if row is None else Opening(**row._asdict())

    def record(
        self,
        response: Response,
        *,
        late: bool = False,
        mark: Mark | None = None,
        version: int = 0,
        received_at: datetime | None = None,
        opening: Opening | None = None,
    ) -> Response:
        """Keep a response with its mark; one that is recorded twice is kept once.

        Parameters
        ----------
        response : Response
        late : bool
        mark : Mark, optional
            By the answer book of this `version`.
        version : int
        received_at : datetime, optional
            Now, if left out.
        opening : Opening, optional
            Kept with it, where the attempt was never opened before.

        Raises
        ------
        Conflict
            If another response has the same identifier, or there is one to this attempt; what is
            kept stays.
        Superseded
            If the answer book was corrected in the meantime; nothing is kept.
        """

        def write(connection: Connection) -> None:
            if mark is not None:
                # Held until the end: whoever re-grades waits, and then finds this response.
                connection.execute(_HELD, {"quiz": response.quiz})
                if newest_version(connection, response.quiz) != version:
                    raise Superseded
            if opening is not None:
                self._note_opening(connection, opening)
            values = response.model_dump(exclude={"type", "answer"}) | {
                "answer": None if response.answer is None else response.answer.model_dump_json(),
                "late": late,
                "received_at": received_at or self._clock(),
            }
            number = connection.execute(_RESPONSE, values).scalar_one()
            if mark is not None:
                self.add_mark(connection, number, version, mark)

        try:
            self.commits.together(write)
        except IntegrityError:
            kept = self.find(response.who, response.id)
            if kept is None:
                raise Conflict(
                    f"attempt {response.attempt} at this question has an answer already, from another "
                    "window; open the quiz again to go on"
                ) from None
            if not same_answer(kept, response):
                raise Conflict(f"another response has the identifier {response.id}") from None
            return kept
        return response

    def find(self, who: str, identifier: str) -> Response | None:
        """A trainee's response by its identifier."""
        where = (responses.c.who == who) & (responses.c.id == identifier)
        with self._reading.connect() as connection:
            row = connection.execute(select(responses).where(where)).one_or_none()
        return None if row is None else _response(row)

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        """The responses to a quiz, of one trainee or all, in the order in which they came."""
        return tuple(entry.response for entry in self.entries(quiz, who))

    def entries(self, quiz: str | None = None, who: str | None = None) -> tuple[Entry, ...]:
        """The same with their marks."""
        with self._reading.connect() as connection:
            return _entries(connection, quiz, who)

    def marked_rows(self, quiz: str) -> tuple[MarkedRow, ...]:
        """Every response to a quiz by its newest mark, without the answers, in the order of coming."""
        columns = (
            responses.c.who,
            responses.c.item,
            responses.c.attempt,
            responses.c.late,
            marks.c.right,
            marks.c.score,
            responses.c.seconds,
            responses.c.received_at,
        )
        newest = select(func.max(answer_books.c.version)).where(answer_books.c.quiz == quiz)
        chosen = (
            select(*columns)
            .join(marks, marks.c.response == responses.c.number)
            .where((responses.c.quiz == quiz) & (marks.c.version == newest.scalar_subquery()))
            .order_by(responses.c.number)
        )
        with self._reading.connect() as connection:
            return tuple(MarkedRow(*row) for row in connection.execute(chosen))

    def remark(self, connection: Connection, quiz: str, version: int, mark: Callable[[Entry], Mark]) -> int:
        """Add a mark by a new answer book to every response to a quiz, in the caller's transaction.

        Returns
        -------
        int
            How many there are.
        """
        entries = _entries(connection, quiz, None)
        for entry in entries:
            self.add_mark(connection, entry.number, version, mark(entry))
        return len(entries)

    def lock(self, connection: Connection, quiz: str) -> None:
        """Keep new responses to a quiz waiting until the transaction ends."""
        connection.execute(select(quizzes.c.id).where(quizzes.c.id == quiz).with_for_update())

    def _note_opening(self, connection: Connection, opening: Opening) -> None:
        connection.execute(self._note, opening.model_dump(exclude={"type"}))

    def add_mark(self, connection: Connection, number: int, version: int, mark: Mark) -> None:
        """Add a mark to the response of a number; its picture can be made again."""
        values = {
            "response": number,
            "version": version,
            "right": mark.right,
            "score": mark.score,
            "document": mark.model_copy(update={"picture": None}).model_dump_json(),
            "marked_at": self._clock(),
        }
        connection.execute(_MARK, values)


def same_answer(kept: Response, given: Response) -> bool:
    """Whether two responses are one that was sent twice; the times of the second don't matter."""
    fields = {"quiz", "who", "item", "attempt", "answer"}
    return kept.model_dump(include=fields) == given.model_dump(include=fields)


def _entries_query(by_quiz: bool, by_who: bool) -> Select[Any]:
    chosen: Select[Any] = (
        select(responses, marks.c.version, marks.c.document)
        .join(marks, marks.c.response == responses.c.number, isouter=True)
        .order_by(responses.c.number, marks.c.version)
    )
    if by_quiz:
        chosen = chosen.where(responses.c.quiz == bindparam("quiz"))
    if by_who:
        chosen = chosen.where(responses.c.who == bindparam("who"))
    return chosen


_ENTRIES = {(quiz, who): _entries_query(quiz, who) for quiz in (False, True) for who in (False, True)}


def _entries(connection: Connection, quiz: str | None, who: str | None) -> tuple[Entry, ...]:
    chosen = _ENTRIES[quiz is not None, who is not None]
    given = {"quiz": quiz, "who": who}
    given = {name: value for name, value in given.items() if value is not None}
    entries = []
    for number, rows in groupby(connection.execute(chosen, given), key=lambda row: row.number):
        first, *others = rows
        entries.append(
            Entry(
                number,
                _response(first),
                first.late,
                first.received_at,
                tuple(
                    (row.version, Mark.model_validate_json(row.document))
                    for row in (first, *others)
                    if row.version is not None
                ),
            )
        )
    return tuple(entries)


def _response(row: Row[Any]) -> Response:
    return Response(
        id=row.id,
        quiz=row.quiz,
        item=row.item,
        who=row.who,
        attempt=row.attempt,
        answer=None if row.answer is None else _ANSWER.validate_json(row.answer),
        given_at=row.given_at,
        seconds=row.seconds,
    )
