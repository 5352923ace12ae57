"""Tables and lines for programs outside: all answers, the gradebook, readings, xAPI, the audit trail."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from u3edu.classroom.class_view import ClassView
from u3edu.classroom.ledger import Entry
from u3edu.classroom.trail import Step
from u3edu.classroom.xapi import statements
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.statistics.gather import plain
from u3edu.quiz.statistics.reading import Reading, write_csv

ANSWERS = (
    "number", "who", "question", "item", "kind", "attempt", "answer", "opened_for_seconds", "late",
    "given_at", "received_at", "right", "score", "answer_book", "earlier_scores", "response",
)  # fmt: skip
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answers_csv(quiz: Quiz, entries: Iterable[Entry]) -> str:
    """Every attempt with its newest mark, and the scores of earlier answer books beside it."""
    numbers = {item.id: number for number, item in enumerate(quiz.items, 1)}
    rows = []
    for entry in entries:
        response = entry.response
        item = quiz.item(response.item)
        version, mark = entry.marks[-1] if entry.marks else (0, None)
        rows.append(
            (
                entry.number, response.who, numbers[item.id], item.id, item.kind, response.attempt,
                plain(item, response.answer), response.seconds, entry.late,
                response.given_at.isoformat(), entry.received_at.isoformat(),
                mark and mark.right, mark and mark.score, version,
                " ".join(f"{number}:{one.score:g}" for number, one in entry.marks[:-1]), response.id,
            )
        )  # fmt: skip
    return _table(ANSWERS, rows)


def gradebook_csv(view: ClassView) -> str:
    """A line for each trainee: name, points, and of how many."""
    most = len(view.items)
    return _table(
        ("username", "points", "of", "percent", "answered", "right", "late"),
        [
            (
                one.who, f"{one.points:g}", most, f"{100 * one.points / most:.1f}", one.answered, one.right,
                one.late,
            )
            for one in view.trainees
        ],
    )  # fmt: skip


def readings_csv(readings: Sequence[Reading]) -> str:
    """What counts, as ``u3edu quiz report`` reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "readings.csv")
        write_csv(readings, path)
        return path.read_text("utf-8")


def statements_jsonl(quiz: Quiz, entries: Iterable[Entry], home: str) -> str:
    """XAPI statements, a line each."""
    return _lines(statements(quiz, entries, home))


def trail_jsonl(steps: Iterable[Step]) -> str:
    """The audit trail, a line each."""
    return _lines(asdict(step) | {"at": step.at.isoformat()} for step in steps)


def _lines(objects: Iterable[dict[str, object]]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(head)
    table.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
