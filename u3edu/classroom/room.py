"""The classroom: what trainees can do, whoever brings their words and names."""

from dataclasses import replace
from datetime import datetime

from u3edu.classroom.errors import Conflict, NotThere
from u3edu.classroom.ledger import Entry, Ledger, Superseded, same_answer
from u3edu.classroom.messages import Listed, Marked, Receipt, Standing, Submission
from u3edu.classroom.shelf import Edition, Shelf
from u3edu.quiz.answers import check_answer
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.items import Item
from u3edu.quiz.marking import KnownMarks
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.response import Opening, Response
from u3edu.quiz.session import GRACE_SECONDS, QuizSession

# A book can be corrected while an answer is being marked; twice in a row it is not.
MARKINGS = 5


class Classroom:
    """Lists quizzes, keeps and marks answers, and reveals marks by the rules.

    Parameters
    ----------
    shelf : Shelf
    ledger : Ledger
    """

    def __init__(self, shelf: Shelf, ledger: Ledger) -> None:
        self._shelf, self._ledger = shelf, ledger

    def quizzes(self) -> tuple[Listed, ...]:
        """The quizzes that can be taken, the latest first."""
        return tuple(
            Listed(id=one.id, name=one.name, title=one.title, items=one.items)
            for one in self._shelf.listing()
        )

    def open(self, who: str, quiz: str, identifier: str, attempt: int, at: datetime) -> Opening:
        """Note that a trainee sees an item; the first time counts.

        Raises
        ------
        NotThere
            If there is no such quiz or item.
        Conflict
            If the attempt is not the next one.
        """
        asked = self._shelf.quiz(quiz)
        item = _item(asked, identifier)
        kept = self._ledger.opening(quiz, who, identifier, attempt)
        if kept is not None:
            return kept
        self._check_turn(self._session(who, asked), item, attempt)
        return self._ledger.opened(Opening(quiz=quiz, item=identifier, who=who, attempt=attempt, at=at))

    def submit(self, who: str, quiz: str, given: Submission, at: datetime) -> Receipt:
        """Keep an answer and mark it; the same one sent again is answered as the first time.

        Parameters
        ----------
        who : str
            From the Hub.
        quiz : str
        given : Submission
        at : datetime
            When it arrived, before it waited for its turn.

        Raises
        ------
        NotThere
            If there is no such quiz or item.
        InvalidAnswer
            If it is no answer to the item.
        Conflict
            If the attempt has another answer, or is not the next one, or a timed item was never
            opened. In all cases nothing is changed.
        """
        asked = self._shelf.quiz(quiz)
        item = _item(asked, given.item)
        if given.answer is not None:
            check_answer(item, given.answer)
        entries = self._ledger.entries(quiz, who)
        kept = next((one.response for one in entries if one.response.id == given.id), None)
        if kept is None:
            return self._keep(who, asked, item, given, at, entries)
        if not same_answer(kept, _response(who, quiz, given, kept.seconds)):
            raise Conflict(f"another response has the identifier {given.id}")
        return self._receipt(who, asked, given, entries, self._shelf.edition(quiz))

    def standing(self, who: str, quiz: str) -> Standing:
        """All that a trainee has given in a quiz, with the marks as far as the rules reveal them."""
        asked = self._shelf.quiz(quiz)
        edition = self._shelf.edition(quiz)
        entries = self._ledger.entries(quiz, who)
        session = self._session(who, asked, entries, edition)
        return Standing(who=who, responses=tuple(self._marked(session, edition, entry) for entry in entries))

    def _keep(
        self,
        who: str,
        asked: Quiz,
        item: Item,
        given: Submission,
        at: datetime,
        entries: tuple[Entry, ...],
    ) -> Receipt:
        """Check that it is this attempt's turn, mark the answer, and record both."""
        limit = asked.seconds(item)
        opening = self._ledger.opening(asked.id, who, item.id, given.attempt)
        never_opened = None
        if opening is None:
            if limit is not None:
                raise Conflict("this question has a time limit: it is opened before it is answered")
            opening = never_opened = Opening(
                quiz=asked.id, item=item.id, who=who, attempt=given.attempt, at=at
            )
        seconds = max(0.0, (at - opening.at).total_seconds())
        late = given.answer is not None and limit is not None and seconds > limit + GRACE_SECONDS
        response = _response(who, asked.id, given, round(seconds, 3))
        for _ in range(MARKINGS):
            edition = self._shelf.edition(asked.id)
            self._check_turn(self._session(who, asked, entries, edition), item, given.attempt)
            entry = Entry(0, response, late, at, ())
            counted = entry.counted(edition.late_counts).answer
            mark = self._shelf.marker(edition, asked).mark(item.id, counted)
            try:
                kept = self._ledger.record(
                    response,
                    late=late,
                    mark=mark,
                    version=edition.version,
                    received_at=at,
                    opening=never_opened,
                )
            except Superseded:
                entries = self._ledger.entries(asked.id, who)
                continue
            if kept is response:
                entries = (*entries, replace(entry, marks=((edition.version, mark),)))
            else:  # the same submission came twice at once
                entries = self._ledger.entries(asked.id, who)
            return self._receipt(who, asked, given, entries, edition)
        raise Conflict("the answers of this quiz are being corrected; send it again in a moment")

    def _receipt(
        self, who: str, asked: Quiz, given: Submission, entries: tuple[Entry, ...], edition: Edition
    ) -> Receipt:
        session = self._session(who, asked, entries, edition)
        attempts = [entry for entry in entries if entry.response.item == given.item]
        ours = next(entry for entry in attempts if entry.response.id == given.id)
        return Receipt(
            response=ours.counted(edition.late_counts),
            item=tuple(self._marked(session, edition, entry) for entry in attempts),
            done=session.done,
        )

    def _session(
        self,
        who: str,
        asked: Quiz,
        entries: tuple[Entry, ...] | None = None,
        edition: Edition | None = None,
    ) -> QuizSession:
        """The trainee's session as the ledger has it: it knows the rules, and nothing is added by it."""
        entries = self._ledger.entries(asked.id, who) if entries is None else entries
        edition = edition or self._shelf.edition(asked.id)
        known, given = KnownMarks(), []
        for entry in entries:
            response = entry.counted(edition.late_counts)
            given.append(response)
            for _, mark in entry.marks[-1:]:
                known.learn(response.answer, mark)
        return QuizSession(asked, who, _Given(tuple(given)), known)

    def _marked(self, session: QuizSession, edition: Edition, entry: Entry) -> Marked:
        response = entry.counted(edition.late_counts)
        shown = session.shown(response)
        if shown is not None and session.revealed(session.quiz.item(response.item)):
            # As it is kept, and the picture made anew.
            drawn = self._shelf.marker(edition, session.quiz).mark(response.item, response.answer).picture
            shown = shown.model_copy(update={"picture": drawn})
        return Marked(response=response, mark=shown)

    def _check_turn(self, session: QuizSession, item: Item, attempt: int) -> None:
        given = session.attempts_given(item)
        if attempt <= given:
            raise Conflict(
                f"attempt {attempt} at this question has an answer already, from another window; "
                "open the quiz again to go on"
            )
        if session.attempts_left(item) <= 0:
            raise Conflict("this question is closed; it takes no more answers")
        if attempt > given + 1:
            raise Conflict(f"attempt {attempt} at this question comes after attempt {given + 1}")


class _Given:
    """What a trainee has given, as results that are only read."""

    def __init__(self, given: tuple[Response, ...]) -> None:
        self._given = given

    def opened(self, opening: Opening) -> Opening:
        return opening

    def record(self, response: Response) -> Response:
        raise NotImplementedError("the ledger records")

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        return self._given


def _item(asked: Quiz, identifier: str) -> Item:
    try:
        return asked.item(identifier)
    except InvalidQuiz as error:
        raise NotThere(str(error)) from error


def _response(who: str, quiz: str, given: Submission, seconds: float) -> Response:
    return Response(
        id=given.id,
        quiz=quiz,
        item=given.item,
        who=who,
        attempt=given.attempt,
        answer=given.answer,
        given_at=given.given_at,
        seconds=seconds,
    )
