"""From responses to readings: the attempt that counts, marked with the answer book."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.answers import (
    Answer,
    PaintItAnswer,
    RateABCAnswer,
    RealOrSyntheticAnswer,
    StageItAnswer,
    WhatChangedAnswer,
)
from u3edu.quiz.items import Item, StageIt, WhatChanged
from u3edu.quiz.keys import RateABCKey, RealOrSyntheticKey
from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.response import Response
from u3edu.quiz.statistics.reading import Reading

Marking: TypeAlias = Callable[[str, Answer | None], Mark]


def readings_of(
    quiz: Quiz, book: AnswerBook, responses: Iterable[Response], mark: Marking | None = None
) -> tuple[Reading, ...]:
    """Mark the responses to a quiz.

    Parameters
    ----------
    quiz : Quiz
    book : AnswerBook
    responses : iterable of Response
        Those to other quizzes are left out; one that is there twice counts once.
    mark : callable, optional
        Gives the mark of an answer to an item, where marks are kept; from the book if left out.

    Returns
    -------
    tuple of Reading
        One for each trainee and item answered: the first attempt or the best, by the quiz's rules.

    Raises
    ------
    InvalidQuiz
        If the book is not this quiz's.
    InvalidAnswer
        If an answer does not fit its item.
    """
    mark = mark or BookMarker(quiz, book).mark
    attempts: dict[tuple[str, str], dict[str, Response]] = {}
    for response in responses:
        if response.quiz == quiz.id:
            attempts.setdefault((response.who, response.item), {})[response.id] = response
    readings = []
    for (who, identifier), given in attempts.items():
        item, key = quiz.item(identifier), book.key(identifier)
        response, counting = counted(quiz, mark, given.values())
        readings.append(
            Reading(
                who=who,
                item=identifier,
                kind=item.kind,
                dataset=item.dataset,
                answer=plain(item, response.answer),
                source=key.source if isinstance(key, RealOrSyntheticKey | RateABCKey) else "",
                fault=key.fault if isinstance(key, RateABCKey) else "none",
                score=counting.score,
                seconds=response.seconds,
            )
        )
    return tuple(readings)


def counted(quiz: Quiz, mark: Marking, given: Collection[Response]) -> tuple[Response, Mark]:
    """The attempt at one item that counts by the quiz's rules, with its mark.

    Parameters
    ----------
    quiz : Quiz
    mark : callable
        Gives the mark of an answer to an item.
    given : collection of Response
        Of one trainee to one item, at least one; more than the rules allow do not count.

    Raises
    ------
    InvalidAnswer
        If an answer does not fit its item.
    """
    attempts = sorted(given, key=lambda one: (one.attempt, one.given_at))[: quiz.rules.attempts]
    marked = [(one, mark(one.item, one.answer)) for one in attempts]
    best = max(marked, key=lambda pair: pair[1].score)
    return marked[0] if quiz.rules.counts == "first" else best


def plain(item: Item, answer: Answer | None) -> str:
    """An answer in words, for a table; empty where the time was over."""
    if isinstance(answer, RealOrSyntheticAnswer):
        return answer.verdict
    if isinstance(answer, RateABCAnswer):
        return answer.rating
    if isinstance(answer, StageItAnswer | WhatChangedAnswer) and isinstance(item, StageIt | WhatChanged):
        words = item.choices[answer.choice]
        if isinstance(answer, WhatChangedAnswer):
            return f"{words} at row {answer.place[0]:.0f}, column {answer.place[1]:.0f}"
        return words
    if isinstance(answer, PaintItAnswer):
        count = len(answer.script)
        return f"{count} edit{'' if count == 1 else 's'}"
    return ""
