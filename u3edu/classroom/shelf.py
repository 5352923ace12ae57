"""The shelf: published quizzes and every version of their answer books, in the classroom's database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, func, insert, select

from u3edu.classroom.database import READING
from u3edu.classroom.errors import Conflict, NotThere
from u3edu.classroom.tables import answer_books, answer_files, pictures, quizzes
from u3edu.quiz.answer_book import AnswerBook, Keys
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Quiz, QuizDocument
from u3edu.quiz.response import now


@dataclass(frozen=True)
class Published:
    """One quiz on the shelf.

    Parameters
    ----------
    id, name, title : str
        The name is what notebooks ask for; of several with one name, the latest counts.
    items : int
    published_at : datetime
    published_by : str
    """

    id: str
    name: str
    title: str
    items: int
    published_at: datetime
    published_by: str


@dataclass(frozen=True)
class Edition:
    """An answer book as it was handed in.

    Parameters
    ----------
    version : int
        From 1.
    book : AnswerBook
    late_counts : bool
        Whether answers that came too late count as they are.
    why, made_by : str
    made_at : datetime
    """

    version: int
    book: AnswerBook
    late_counts: bool
    why: str
    made_by: str
    made_at: datetime


class Shelf:
    """Published quizzes and their answer books; nothing on it is ever changed or taken away.

    Parameters
    ----------
    engine : Engine
    clock : callable
        The present moment; for tests.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._reading = engine.execution_options(**{READING: True})
        self._clock = clock
        self._quizzes: dict[str, Quiz] = {}
        self._editions: dict[tuple[str, int], Edition] = {}
        self._markers: dict[tuple[str, int], BookMarker] = {}

    def listing(self) -> tuple[Published, ...]:
        """Everything that was published, the latest first."""
        with self._reading.connect() as connection:
            rows = connection.execute(select(quizzes).order_by(quizzes.c.number.desc())).all()
        documents = [(row, QuizDocument.model_validate_json(row.document)) for row in rows]
        return tuple(
            Published(
                row.id, row.name, document.title, len(document.items), row.published_at, row.published_by
            )
            for row, document in documents
        )

    def quiz(self, identifier: str) -> Quiz:
        """A quiz with its pictures.

        Raises
        ------
        NotThere
        """
        if identifier not in self._quizzes:
            with self._reading.connect() as connection:
                document = connection.scalar(select(quizzes.c.document).where(quizzes.c.id == identifier))
                if document is None:
                    raise NotThere(f"no quiz {identifier} in this classroom")
                rows = connection.execute(
                    select(pictures.c.name, pictures.c.content).where(pictures.c.quiz == identifier)
                )
                files = {row.name: row.content for row in rows}
            self._quizzes[identifier] = Quiz(QuizDocument.model_validate_json(document), files)
        return self._quizzes[identifier]

    def edition(self, quiz: str, number: int | None = None) -> Edition:
        """An answer book of a quiz; the newest, or that of a version.

        Raises
        ------
        NotThere
        """
        with self._reading.connect() as connection:
            number = number or newest_version(connection, quiz)
            if (quiz, number) in self._editions:
                return self._editions[quiz, number]
            where = (answer_books.c.quiz == quiz) & (answer_books.c.version == number)
            row = connection.execute(select(answer_books).where(where)).one_or_none()
            if row is None:
                raise NotThere(f"no answer book {number} of quiz {quiz} in this classroom")
            files = connection.execute(
                select(answer_files.c.name, answer_files.c.content).where(
                    (answer_files.c.quiz == quiz) & (answer_files.c.version == number)
                )
            )
            book = AnswerBook(
                Keys.model_validate_json(row.document), {one.name: one.content for one in files}
            )
        edition = Edition(number, book, row.late_counts, row.why, row.made_by, row.made_at)
        self._editions[quiz, number] = edition
        return edition

    def editions(self, quiz: str) -> tuple[Edition, ...]:
        """All answer books of a quiz, the first one first."""
        with self._reading.connect() as connection:
            newest = newest_version(connection, quiz)
        return tuple(self.edition(quiz, number) for number in range(1, newest + 1))

    def marker(self, edition: Edition, quiz: Quiz) -> BookMarker:
        """What marks answers to a quiz by one of its answer books."""
        key = (quiz.id, edition.version)
        if key not in self._markers:
            self._markers[key] = BookMarker(quiz, edition.book)
        return self._markers[key]

    def publish(self, connection: Connection, quiz: Quiz, book: AnswerBook, name: str, who: str) -> None:
        """Put a quiz and its first answer book on the shelf, in the caller's transaction.

        Raises
        ------
        Conflict
            If it is there already.
        """
        if connection.scalar(select(quizzes.c.id).where(quizzes.c.id == quiz.id)) is not None:
            raise Conflict(
                f"quiz {quiz.id} ({quiz.title}) is published already; to correct its answers, re-grade it"
            )
        number = (connection.scalar(select(func.max(quizzes.c.number))) or 0) + 1
        connection.execute(
            insert(quizzes).values(
                id=quiz.id,
                number=number,
                name=name,
                document=quiz.document.model_dump_json(),
                published_at=self._clock(),
                published_by=who,
            )
        )
        # In the order of their random names, which is no order.
        for file in sorted(quiz.files):
            connection.execute(
                insert(pictures).values(quiz=quiz.id, name=file, content=bytes(quiz.files[file]))
            )
        self.add_edition(connection, quiz.id, book, "published", who, late_counts=False)

    def add_edition(
        self, connection: Connection, quiz: str, book: AnswerBook, why: str, who: str, *, late_counts: bool
    ) -> Edition:
        """Put another answer book beside those that are there, in the caller's transaction."""
        number = newest_version(connection, quiz) + 1
        made_at = self._clock()
        connection.execute(
            insert(answer_books).values(
                quiz=quiz,
                version=number,
                document=book.document.model_dump_json(),
                late_counts=late_counts,
                why=why,
                made_at=made_at,
                made_by=who,
            )
        )
        for file in sorted(book.files):
            connection.execute(
                insert(answer_files).values(
                    quiz=quiz, version=number, name=file, content=bytes(book.files[file])
                )
            )
        return Edition(number, book, late_counts, why, who, made_at)


def newest_version(connection: Connection, quiz: str) -> int:
    """The number of the newest answer book of a quiz; 0 without one."""
    return int(connection.scalar(_NEWEST, {"quiz": quiz}) or 0)


_NEWEST = select(func.max(answer_books.c.version)).where(answer_books.c.quiz == bindparam("quiz"))
