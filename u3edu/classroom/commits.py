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
        # SQLite has one writer; transactions wait for each other here, not by trying again.
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        # What waits for its turn, and still takes more.
        self._next: _Transaction | None = None

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction of one's own, on the disk when it ends."""
        with self._turn, self._engine.begin() as connection:
            yield connection

    def together(self, work: Callable[[Connection], Result]) -> Result:
        """Do something in a transaction with whatever else is waiting; on the disk when this returns.

        What one of them raises undoes that one alone. Whoever comes first does the work of all; the
        others wait for that transaction, and not for those after it.
        """
        job = _Job(work)
        with self._lock:
            is_first = self._next is None
            if self._next is None:
                self._next = _Transaction()
            transaction = self._next
            transaction.jobs.append(cast("_Job[object]", job))
        if is_first:
            self._commit(transaction)
        else:
            transaction.ended.wait()
        return job.result()

    def _commit(self, transaction: "_Transaction") -> None:
        try:
            with self._turn:
                self._close(transaction)
                with self._engine.begin() as connection:
                    for job in transaction.jobs:
                        job.run(connection)
        except BaseException as error:  # nobody's work is on the disk
            self._close(transaction)
            for job in transaction.jobs:
                job.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            transaction.ended.set()

    def _close(self, transaction: "_Transaction") -> None:
        """Whoever comes from now on waits for another transaction."""
        with self._lock:
            if self._next is transaction:
                self._next = None


class _Transaction:
    """What is done in one transaction."""

    def __init__(self) -> None:
        self.jobs: list[_Job[object]] = []
        self.ended = threading.Event()


class _Job(Generic[Result]):
    """One thread's work, and what came of it."""

    def __init__(self, work: Callable[[Connection], Result]) -> None:
        self._work = work
        self._value: Result | None = None
        self.error: BaseException | None = None

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
