"""The class at a glance: how far each trainee is, and how each item does, from marks alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from u3edu.quiz.quiz import Quiz
from u3edu.quiz.statistics.item_analysis import analyse_items
from u3edu.quiz.statistics.reading import Reading


@dataclass(frozen=True)
class MarkedRow:
    """One response by its newest mark, without what was answered.

    Parameters
    ----------
    who, item : str
    attempt : int
    late, right : bool
    score, seconds : float
    received_at : datetime
    """

    who: str
    item: str
    attempt: int
    late: bool
    right: bool
    score: float
    seconds: float
    received_at: datetime


class Progress(BaseModel):
    """How far one trainee is.

    Parameters
    ----------
    who : str
    answered, right : int
        Items.
    points : float
    late : int
        Answers that came too late.
    last : datetime
    cells : list of float or None
        The score that counts of each item, in the quiz's order; None without an answer.
    """

    who: str
    answered: int
    right: int
    points: float
    late: int
    last: datetime
    cells: list[float | None]


class ItemView(BaseModel):
    """How one item does; the figures are those of `u3edu.quiz.statistics.item_analysis`."""

    number: int
    kind: str
    question: str
    answers: int
    difficulty: float | None
    point_biserial: float | None
    median_seconds: float | None


class ClassView(BaseModel):
    """What the class page shows."""

    title: str
    items: list[ItemView]
    trainees: list[Progress]
    answers: int
    version: int


def class_view(quiz: Quiz, rows: Iterable[MarkedRow], version: int) -> ClassView:
    """Gather what the class page shows.

    Parameters
    ----------
    quiz : Quiz
    rows : iterable of MarkedRow
        In the order in which they came.
    version : int
        Of the answer book.
    """
    given: dict[str, dict[str, list[MarkedRow]]] = {}
    count = 0
    for row in rows:
        given.setdefault(row.who, {}).setdefault(row.item, []).append(row)
        count += 1
    counted = {
        who: {item: _counted(quiz, attempts) for item, attempts in items.items()}
        for who, items in given.items()
    }
    trainees = []
    for who in sorted(counted):
        rows_of = counted[who]
        cells = [rows_of[item.id].score if item.id in rows_of else None for item in quiz.items]
        everything = [row for attempts in given[who].values() for row in attempts]
        trainees.append(
            Progress(
                who=who,
                answered=len(rows_of),
                right=sum(row.right for row in rows_of.values()),
                points=sum(row.score for row in rows_of.values()),
                late=sum(row.late for row in everything),
                last=max(row.received_at for row in everything),
                cells=cells,
            )
        )
    return ClassView(
        title=quiz.title,
        items=_items(quiz, counted),
        trainees=trainees,
        answers=count,
        version=version,
    )


def _counted(quiz: Quiz, attempts: list[MarkedRow]) -> MarkedRow:
    """The attempt that counts by the quiz's rules."""
    in_order = sorted(attempts, key=lambda row: row.attempt)
    return in_order[0] if quiz.rules.counts == "first" else max(in_order, key=lambda row: row.score)


def _items(quiz: Quiz, counted: dict[str, dict[str, MarkedRow]]) -> list[ItemView]:
    # Not validated: the scores are kept marks, and there is nothing else in a row here.
    readings = [
        Reading.model_construct(
            who=who,
            item=row.item,
            kind=quiz.item(row.item).kind,
            dataset=quiz.item(row.item).dataset,
            answer="",
            score=row.score,
            seconds=row.seconds,
        )
        for who, rows in counted.items()
        for row in rows.values()
    ]
    figures = {one.item: one for one in analyse_items(readings)} if readings else {}
    views = []
    for number, item in enumerate(quiz.items, 1):
        one = figures.get(item.id)
        views.append(
            ItemView(
                number=number,
                kind=item.kind,
                question=item.question,
                answers=one.answers if one else 0,
                difficulty=one.difficulty if one else None,
                point_biserial=one.point_biserial if one else None,
                median_seconds=one.median_seconds if one else None,
            )
        )
    return views
