"""A quiz session: one trainee answers one item at a time; every answer is kept at once."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from u3edu.quiz.answers import Answer, answer_to
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.items import Item
from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import Marker
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.response import Opening, Response, now
from u3edu.quiz.score import Score
from u3edu.quiz.store import ResultsStore

# A slow line must not cost a trainee an answer that was given in time.
GRACE_SECONDS = 2.0


class QuizSession:
    """What one trainee has done in one quiz; all of it is read back from the results.

    Parameters
    ----------
    quiz : Quiz
    who : str
        The trainee, by the name that the course knows.
    results : ResultsStore
        Where answers are kept; a session opened again goes on where the last one stopped.
    marker : Marker, optional
        Gives marks and feedback; without one, answers are kept and marked later.
    clock : callable
        The present moment; for tests.

    Examples
    --------
    >>> quiz = QuizSession(read_quiz("quiz"), "ada", LocalStore("answers.jsonl"))  # doctest: +SKIP
    >>> quiz.answer("real")  # doctest: +SKIP
    """

    def __init__(
        self,
        quiz: Quiz,
        who: str,
        results: ResultsStore,
        marker: Marker | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.quiz = quiz
        self.who = who
        self._results, self._marker, self._clock = results, marker, clock
        self._given: dict[str, list[Response]] = {item.id: [] for item in quiz.items}
        for response in results.responses(quiz.id, who):
            if response.item in self._given:
                self._given[response.item].append(response)
        self._marks: dict[str, Mark] = {}

    @property
    def item(self) -> Item | None:
        """The item that is asked now; None when all are done."""
        return next((item for item in self.quiz.items if self._is_open(item)), None)

    @property
    def done(self) -> bool:
        """Whether every item is closed."""
        return self.item is None

    @property
    def answered(self) -> int:
        """How many items are closed."""
        return sum(not self._is_open(item) for item in self.quiz.items)

    def attempts_left(self, item: Item) -> int:
        """How often an item may still be answered."""
        if self._counts_as_right(item):
            return 0
        return self.quiz.rules.attempts - self.attempts_given(item)

    def attempts_given(self, item: Item) -> int:
        """How often an item was answered."""
        return len(self._given[item.id])

    def open(self) -> Opening:
        """Open the item that is asked now; its time counts from here, also after a reload.

        Raises
        ------
        InvalidAnswer
            If all items are done.
        """
        item = self._current()
        attempt = self.attempts_given(item) + 1
        opening = Opening(quiz=self.quiz.id, item=item.id, who=self.who, attempt=attempt, at=self._clock())
        return self._results.opened(opening)

    def seconds_left(self) -> float | None:
        """How long the open item may still be answered; None without a limit."""
        item = self.item
        limit = None if item is None else self.quiz.seconds(item)
        if limit is None:
            return None
        return max(0.0, limit - (self._clock() - self.open().at).total_seconds())

    def answer(self, given: Any, *, place: tuple[float, float] | None = None) -> Mark | None:
        """Answer the item that is asked now.

        Parameters
        ----------
        given : str, int, EditScript or Answer
            ``"real"``, ``"B"``, the words or the number (from 0) of a choice, or an edit script.
        place : (row, column), optional
            Where the change is, in pixels, for `WhatChanged`.

        Returns
        -------
        Mark or None
            None where the rules give no feedback now.

        Raises
        ------
        InvalidAnswer
            If it is no answer to this item, or all are done; nothing is recorded then.
        """
        item = self._current()
        answer = answer_to(item, given, place)
        opening = self.open()
        at = self._clock()
        seconds = max(0.0, (at - opening.at).total_seconds())
        limit = self.quiz.seconds(item)
        in_time = limit is None or seconds <= limit + GRACE_SECONDS
        # Marked before it is kept: an answer that cannot be marked is not taken.
        mark = self._marker.mark(item.id, answer if in_time else None) if self._marker else None
        response = self._keep(opening, answer if in_time else None, at, seconds)
        # What was kept can be another answer: one that was on its way before this one.
        if mark is not None and response.answer == (answer if in_time else None):
            self._marks[response.id] = mark
        return self.shown(response)

    def time_over(self) -> Mark | None:
        """Close the open attempt without an answer, for its time is over.

        Raises
        ------
        InvalidAnswer
            If there is time left.
        """
        left = self.seconds_left()
        if left is None or left > 0:
            raise InvalidAnswer("the time of this item is not over")
        opening = self.open()
        at = self._clock()
        response = self._keep(opening, None, at, (at - opening.at).total_seconds())
        return self.shown(response)

    def revealed(self, item: Item) -> bool:
        """Whether the rules let the trainee know by now what is right."""
        feedback = self.quiz.rules.feedback
        return (feedback == "item" and not self._is_open(item)) or (feedback == "end" and self.done)

    def shown(self, response: Response) -> Mark | None:
        """What the trainee may know of the mark of a response of theirs, by the quiz's rules."""
        mark = self._mark(response)
        if mark is None or self.revealed(self.quiz.item(response.item)):
            return mark
        return mark.without_reason() if self.quiz.rules.feedback == "item" else None

    def feedback(self, item: Item) -> Mark | None:
        """The mark that counts for an item, with its reason, as soon as the rules allow."""
        if not self.revealed(item) or not self._given[item.id]:
            return None
        return self._counted(item)

    def score(self) -> Score:
        """What counts so far.

        Without a marker, only how much is answered.
        """
        marks = [self._counted(item) for item in self.quiz.items if not self._is_open(item)]
        known = [mark for mark in marks if mark is not None]
        visible = self.quiz.rules.feedback == "item" or (self.quiz.rules.feedback == "end" and self.done)
        return Score(
            items=len(self.quiz.items),
            answered=self.answered,
            right=sum(mark.right for mark in known) if self._marker and visible else None,
            points=sum(mark.score for mark in known) if self._marker and visible else None,
        )

    def _current(self) -> Item:
        item = self.item
        if item is None:
            raise InvalidAnswer(f"all {len(self.quiz)} items are done; this quiz takes no more answers")
        return item

    def _keep(self, opening: Opening, answer: Answer | None, at: datetime, seconds: float) -> Response:
        """Record what became of an attempt."""
        response = Response(
            id=uuid.uuid4().hex,
            quiz=self.quiz.id,
            item=opening.item,
            who=self.who,
            attempt=opening.attempt,
            answer=answer,
            given_at=at,
            seconds=round(seconds, 3),
        )
        kept = self._results.record(response)
        # Whoever marks elsewhere may say more of earlier attempts now.
        for earlier in self._given[opening.item]:
            self._marks.pop(earlier.id, None)
        self._given[opening.item].append(kept)
        return kept

    def _is_open(self, item: Item) -> bool:
        return self.attempts_left(item) > 0

    def _counts_as_right(self, item: Item) -> bool:
        """Whether a trainee who is told so after each item has got it right already."""
        if self.quiz.rules.feedback != "item":
            return False
        marks = (self._mark(response) for response in self._given[item.id])
        return any(mark is not None and mark.right for mark in marks)

    def _counted(self, item: Item) -> Mark | None:
        """The mark that counts for an item by the rules."""
        given = self._given[item.id]
        marks = [mark for mark in map(self._mark, given) if mark is not None]
        if not marks:
            return None
        return marks[0] if self.quiz.rules.counts == "first" else max(marks, key=lambda mark: mark.score)

    def _mark(self, response: Response) -> Mark | None:
        if self._marker is None:
            return None
        mark = self._marks.get(response.id) or self._marker.mark(response.item, response.answer)
        if mark is not None:
            self._marks[response.id] = mark
        return mark

    def __repr__(self) -> str:
        return f"QuizSession({self.quiz.title!r}, {self.who}: {self.score()})"
