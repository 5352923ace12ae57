"""A classroom with a published quiz, and what a trainee would send to it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from tests.quiz.stand_ins import RIGHT, WRONG, Clock, every_kind
from u3edu.classroom.desk import Desk
from u3edu.classroom.ledger import Ledger
from u3edu.classroom.messages import Receipt, Submission
from u3edu.classroom.room import Classroom
from u3edu.classroom.shelf import Shelf
from u3edu.classroom.trail import Trail
from u3edu.quiz.answer_book import AnswerBook, Keys
from u3edu.quiz.answers import Answer, answer_to
from u3edu.quiz.quiz import Quiz, Rules


@dataclass
class Class:
    """A classroom, its quiz and its answer book, without a network."""

    quiz: Quiz
    book: AnswerBook
    shelf: Shelf
    ledger: Ledger
    trail: Trail
    room: Classroom
    desk: Desk
    clock: Clock

    def answer(self, kind: str, right: bool = True) -> Answer:
        item = next(one for one in self.quiz.items if one.kind == kind)
        given, place = (RIGHT if right else WRONG)[kind]
        return answer_to(item, given, place)  # type: ignore[arg-type]

    def submission(self, kind: str, right: bool = True, attempt: int = 1) -> Submission:
        item = next(one for one in self.quiz.items if one.kind == kind)
        return Submission(
            id=uuid.uuid4().hex,
            item=item.id,
            attempt=attempt,
            answer=self.answer(kind, right),
            given_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    def submit(self, who: str, given: Submission) -> Receipt:
        return self.room.submit(who, self.quiz.id, given, self.clock())

    def answer_all(self, who: str, right: bool = True) -> list[Receipt]:
        return [self.submit(who, self.submission(item.kind, right)) for item in self.quiz.items]


def start_class(engine: Engine, clock: Clock, rules: Rules | None = None, *, publish: bool = True) -> Class:
    """A classroom on a database, with the quiz of every kind on its shelf."""
    quiz, book = every_kind(rules)
    shelf, ledger, trail = Shelf(engine, clock), Ledger(engine, clock), Trail(engine, clock)
    desk = Desk(shelf, ledger, trail)
    if publish:
        desk.publish(quiz, book, "every-kind", "grace")
    return Class(quiz, book, shelf, ledger, trail, Classroom(shelf, ledger), desk, clock)


def corrected(book: AnswerBook, kind: str, **changes: object) -> AnswerBook:
    """The answer book with one key changed."""
    keys = tuple(key.model_copy(update=changes) if key.kind == kind else key for key in book.document.keys)
    return AnswerBook(Keys(quiz=book.document.quiz, keys=keys), book.files)
