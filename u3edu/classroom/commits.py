"""Transactions of several threads that share one commit: a disk is waited for once, not once for each."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection, Engine

Result = TypeVar("Result")


class Commits:
    """Writes to a database, one transaction at a time.

    Parameters
    ----------
    engine : Engine
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite has one writer; threads wait for each other here in turn, not by trying again.
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Job[object]] = []

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction of one's own, on the disk when it ends."""
        with self._turn, self._engine.begin() as connection:
            yield connection

    def together(self, work: Callable[[Connection], Result]) -> Result:
        """Do something in a transaction with whatever else is waiting; on the disk when this returns.

        What one of them raises undoes that one alone.
        """
        job = _Job(work)
        with self._lock:
            self._waiting.append(cast("_Job[object]", job))
        with self._turn:
            # Whoever had the turn before may have done this one's work too.
            if not job.done:
                with self._lock:
                    jobs, self._waiting = self._waiting, []
                self._commit(jobs)
        return job.result()

    def _commit(self, jobs: "list[_Job[object]]") -> None:
        try:
            with self._engine.begin() as connection:
                for job in jobs:
                    job.run(connection)
        except BaseException as error:  # nobody's work is on the disk
            for job in jobs:
                job.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for job in jobs:
                job.done = True


class _Job(Generic[Result]):
    """One thread's work, and what came of it."""

    def __init__(self, work: Callable[[Connection], Result]) -> None:
        self._work = work
        self._value: Result | None = None
        self.error: BaseException | None = None
        self.done = False

    def run(self, connection: Connection) -> None:
        """Do it, or nothing of it."""
        try:
            with connection.begin_nested():
                self._value = self._work(connection)
        except Exception as error:
            self.error = error

    def result(self) -> Result:
        """What it returned; raises what it raised."""
        if self.error is not None:
            raise self.error
        return cast("Result", self._value)
