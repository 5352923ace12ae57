"""Answers as xAPI statements, a line of JSON each, for a learning record store.

References
----------
[0] Experience API 1.0.3, part 2: statements. https://github.com/adlnet/xAPI-Spec
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from u3edu.classroom.ledger import Entry
from u3edu.quiz.items import Item, StageIt, WhatChanged
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.statistics.gather import plain

VERBS = "http://adlnet.gov/expapi/verbs/"
ACTIVITY = "http://adlnet.gov/expapi/activities/"
# The same answer and mark have the same identifier in every export, so that a store takes them once.
NAMESPACE = uuid.UUID("6f1a9e0e-5ec0-5b6c-9f0e-0d6d3b1f7a52")


def statements(quiz: Quiz, entries: Iterable[Entry], home: str) -> Iterator[dict[str, Any]]:
    """Statements of all answers to a quiz, in the order in which they came.

    After a re-grading the statement with the old mark is voided and one with the new mark follows.

    Parameters
    ----------
    quiz : Quiz
    entries : iterable of Entry
    home : str
        The address of the classroom: what accounts and activities are named by.
    """
    for entry in entries:
        last = None
        for version, mark in entry.marks:
            named = _identifier(home, entry, version)
            if last is not None:
                yield _voiding(home, entry, last, version)
            yield _answered(quiz, entry, home, named, mark.score, mark.right)
            last = named


def _answered(quiz: Quiz, entry: Entry, home: str, named: str, score: float, right: bool) -> dict[str, Any]:
    response = entry.response
    item = quiz.item(response.item)
    result: dict[str, Any] = {
        "score": {"scaled": score, "raw": score, "min": 0, "max": 1},
        "success": right,
        "completion": response.answer is not None and not entry.late,
        "duration": f"PT{response.seconds:g}S",
    }
    if response.answer is not None:
        result["response"] = plain(item, response.answer)
    return {
        "id": named,
        "actor": _actor(home, response.who),
        "verb": {"id": f"{VERBS}answered", "display": {"en": "answered"}},
        "object": _activity(quiz, item, home),
        "result": result,
        "context": {
            "platform": "u3edu",
            "contextActivities": {"parent": [{"id": f"{home}quizzes/{quiz.id}", "objectType": "Activity"}]},
            "extensions": {f"{home}xapi/attempt": response.attempt, f"{home}xapi/late": entry.late},
        },
        "timestamp": entry.received_at.isoformat(),
        "version": "1.0.3",
    }


def _voiding(home: str, entry: Entry, voided: str, version: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{voided} voided by {version}")),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home, "name": "re-grading"},
        },
        "verb": {"id": f"{VERBS}voided", "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": voided},
        "timestamp": entry.received_at.isoformat(),
        "version": "1.0.3",
    }


def _activity(quiz: Quiz, item: Item, home: str) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "type": f"{ACTIVITY}cmi.interaction",
        "name": {"en": f"{quiz.title}, question {quiz.items.index(item) + 1}"},
        "description": {"en": item.question},
        "interactionType": "other",
    }
    if isinstance(item, StageIt | WhatChanged):
        definition["interactionType"] = "choice"
        definition["choices"] = [{"id": words, "description": {"en": words}} for words in item.choices]
    return {
        "objectType": "Activity",
        "id": f"{home}quizzes/{quiz.id}/items/{item.id}",
        "definition": definition,
    }


def _actor(home: str, who: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": who}}


def _identifier(home: str, entry: Entry, version: int) -> str:
    response = entry.response
    return str(uuid.uuid5(NAMESPACE, f"{home} {response.who} {response.id} {version}"))
