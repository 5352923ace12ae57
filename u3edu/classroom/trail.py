"""The audit trail: who published, re-graded, exported or was refused what; answers are in the ledger."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from u3edu.classroom.database import READING
from u3edu.classroom.tables import trail
from u3edu.quiz.response import now


@dataclass(frozen=True)
class Step:
    """One line of the trail.

    Parameters
    ----------
    at : datetime
    who : str
    action : str
        ``"published"``, ``"re-graded"``, ``"exported"``, ``"looked at"``, ``"refused"``.
    quiz : str
        Its identifier; empty where there is none.
    detail : dict
    """

    at: datetime
    who: str
    action: str
    quiz: str
    detail: dict[str, object]


class Trail:
    """Keeps the audit trail in the classroom's database; nothing is changed or taken away.

    Parameters
    ----------
    engine : Engine
    clock : callable
        The present moment; for tests.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._reading = engine.execution_options(**{READING: True})
        self._clock = clock

    def add(self, connection: Connection, who: str, action: str, quiz: str = "", **detail: object) -> None:
        """Add a line, in the caller's transaction."""
        connection.execute(
            insert(trail).values(
                at=self._clock(), who=who, action=action, quiz=quiz, detail=json.dumps(detail)
            )
        )

    def steps(self) -> Iterator[Step]:
        """All lines, the first one first."""
        with self._reading.connect() as connection:
            for row in connection.execute(select(trail).order_by(trail.c.number)):
                yield Step(row.at, row.who, row.action, row.quiz, json.loads(row.detail))
