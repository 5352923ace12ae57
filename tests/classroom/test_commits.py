"""Transactions that share a commit: each whole or not at all, none for another's mistake."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError

from u3edu.classroom.commits import Commits


@pytest.fixture
def numbers(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
    return engine


def put(connection: Connection, number: int) -> int:
    connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})
    return number


def kept(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [row.number for row in connection.execute(text("SELECT number FROM numbers ORDER BY number"))]


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


class NewestFirst:
    """A lock that who came last gets next; Python's own promises no order."""

    def __init__(self) -> None:
        self._changed, self._held = threading.Condition(), False
        self._line: list[int] = []

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._changed:
            self._line.append(me)
            self._changed.wait_for(lambda: not self._held and self._line[-1] == me)
            self._line.pop()
            self._held = True

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._held = False
            self._changed.notify_all()


def test_what_one_raises_undoes_that_one_alone(numbers: Engine) -> None:
    commits = Commits(numbers)

    def work(number: int) -> str:
        def write(connection: Connection) -> int:
            put(connection, number)
            if number % 3 == 0:
                raise ArithmeticError(f"not {number}")
            return number

        try:
            return str(commits.together(write))
        except ArithmeticError as error:
            return str(error)

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(work, range(30)))
    assert said == [f"not {number}" if number % 3 == 0 else str(number) for number in range(30)]
    assert kept(numbers) == [number for number in range(30) if number % 3]


def test_a_constraint_that_one_breaks_is_told_to_that_one(numbers: Engine) -> None:
    commits = Commits(numbers)
    commits.together(lambda connection: put(connection, 1))
    with pytest.raises(IntegrityError):
        commits.together(lambda connection: put(connection, 1))
    assert commits.together(lambda connection: put(connection, 2)) == 2
    assert kept(numbers) == [1, 2]


def test_those_who_wait_share_a_commit(numbers: Engine) -> None:
    commits, count = Commits(numbers), 0
    began, go_on = threading.Event(), threading.Event()

    def counting(_: Connection) -> None:
        nonlocal count
        count += 1

    event.listen(numbers, "commit", counting)

    def slow(connection: Connection) -> int:
        began.set()
        go_on.wait(30)
        return put(connection, 0)

    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(commits.together, slow)
        began.wait(30)
        others = [pool.submit(commits.together, lambda c, n=n: put(c, n)) for n in range(1, 11)]
        wait_until(lambda: commits._next is not None and len(commits._next.jobs) == 10)
        go_on.set()
        assert [one.result() for one in (first, *others)] == list(range(11))
    assert count == 2
    assert kept(numbers) == list(range(11))


def test_whose_work_is_on_the_disk_does_not_wait_for_those_who_came_later(numbers: Engine) -> None:
    commits = Commits(numbers)
    commits._turn = NewestFirst()  # type: ignore[assignment]
    began, go_on = ([threading.Event() for _ in range(3)] for _ in range(2))

    def held(number: int) -> Callable[[Connection], int]:
        def work(connection: Connection) -> int:
            began[number].set()
            go_on[number].wait(30)
            return put(connection, number)

        return work

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(commits.together, held(0))
        began[0].wait(30)
        pair = [pool.submit(commits.together, work) for work in (held(1), lambda c: put(c, 10))]
        wait_until(lambda: commits._next is not None and len(commits._next.jobs) == 2)
        go_on[0].set()
        began[1].wait(30)
        later = pool.submit(commits.together, held(2))
        wait_until(lambda: commits._next is not None)
        go_on[1].set()
        try:
            assert [one.result(10) for one in (first, *pair)] == [0, 1, 10]
            assert not later.done()
        finally:
            go_on[2].set()
        assert later.result() == 2
    assert kept(numbers) == [0, 1, 2, 10]


def test_when_the_commit_fails_everybody_is_told(numbers: Engine) -> None:
    commits = Commits(numbers)

    def refuse(_: Connection) -> None:
        raise OSError("the disk is full")

    event.listen(numbers, "commit", refuse)
    with pytest.raises(OSError, match="disk is full"):
        commits.together(lambda connection: put(connection, 1))
    event.remove(numbers, "commit", refuse)
    assert kept(numbers) == []
    assert commits.together(lambda connection: put(connection, 1)) == 1
