"""The instructor's desk: publishing, re-grading, and what counts of every answer."""

from pathlib import PurePath

from u3edu.classroom.class_view import ClassView, class_view
from u3edu.classroom.ledger import Entry, Ledger
from u3edu.classroom.shelf import Shelf
from u3edu.classroom.trail import Trail
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import BookMarker, KnownMarks
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.statistics.gather import readings_of
from u3edu.quiz.statistics.reading import Reading


class Desk:
    """Publishes, re-grades, and gathers what counts.

    Parameters
    ----------
    shelf : Shelf
    ledger : Ledger
    trail : Trail
    """

    def __init__(self, shelf: Shelf, ledger: Ledger, trail: Trail) -> None:
        self._shelf, self._ledger, self._trail = shelf, ledger, trail

    def publish(self, quiz: Quiz, book: AnswerBook, name: str, who: str) -> None:
        """Put a quiz and its answer book on the shelf; the same ones sent again change nothing.

        Raises
        ------
        InvalidQuiz
            If they don't belong together, or the name is none.
        Conflict
            If the quiz is published already.
        """
        book.check(quiz)
        if not name.strip() or PurePath(name).name != name or len(name) > 200:
            raise InvalidQuiz(f"{name!r} is no name of a quiz; take one that a folder can have")
        for kept in self._shelf.listing():
            if (kept.id, kept.name, kept.published_by) == (quiz.id, name, who) and _same(
                self._shelf.edition(quiz.id, 1).book, book
            ):
                return
        with self._ledger.commits.alone() as connection:
            self._shelf.publish(connection, quiz, book, name, who)
            self._trail.add(connection, who, "published", quiz.id, name=name)

    def regrade(
        self, quiz: str, book: AnswerBook, why: str, who: str, *, late_counts: bool = False
    ) -> tuple[int, int]:
        """Mark every response to a quiz again with a corrected answer book; the old marks stay.

        The same correction sent again changes nothing.

        Parameters
        ----------
        quiz : str
        book : AnswerBook
        why, who : str
            For the audit trail.
        late_counts : bool
            Let answers that came too late count as they are, for example after a failure.

        Returns
        -------
        marked, changed : int

        Raises
        ------
        NotThere
        InvalidQuiz
            If it is another quiz's book.
        InvalidAnswer
            If a response cannot be marked with it; nothing is changed then.
        """
        asked = self._shelf.quiz(quiz)
        marker = BookMarker(asked, book)
        newest = self._shelf.edition(quiz)
        if (newest.why, newest.made_by, newest.late_counts) == (why, who, late_counts) and _same(
            newest.book, book
        ):
            return len(self._ledger.marked_rows(quiz)), 0
        changed = 0

        def mark(entry: Entry) -> Mark:
            nonlocal changed
            response = entry.counted(late_counts)
            made = marker.mark(response.item, response.answer)
            changed += not entry.marks or entry.marks[-1][1].score != made.score
            return made

        with self._ledger.commits.alone() as connection:
            self._ledger.lock(connection, quiz)
            edition = self._shelf.add_edition(connection, quiz, book, why, who, late_counts=late_counts)
            marked = self._ledger.remark(connection, quiz, edition.version, mark)
            self._trail.add(
                connection, who, "re-graded", quiz, version=edition.version, why=why,
                late_counts=late_counts, marked=marked, changed=changed,
            )  # fmt: skip
        return marked, changed

    def view(self, quiz: str) -> ClassView:
        """What the class page shows of a quiz."""
        version = self._shelf.edition(quiz).version
        return class_view(self._shelf.quiz(quiz), self._ledger.marked_rows(quiz), version)

    def readings(self, quiz: str) -> tuple[Reading, ...]:
        """What counts of every trainee and item, marked, as the statistics want it."""
        asked, edition = self._shelf.quiz(quiz), self._shelf.edition(quiz)
        known = KnownMarks()
        given = []
        for entry in self._ledger.entries(quiz):
            response = entry.counted(edition.late_counts)
            given.append(response)
            for _, mark in entry.marks[-1:]:
                known.learn(response.answer, mark)
        marker = self._shelf.marker(edition, asked)
        return readings_of(
            asked,
            edition.book,
            given,
            lambda item, answer: known.mark(item, answer) or marker.mark(item, answer),
        )


def _same(kept: AnswerBook, given: AnswerBook) -> bool:
    return kept.document == given.document and dict(kept.files) == dict(given.files)
