"""Transactions that share a commit: each whole or not at all, none for another's mistake."""

import threading
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
        while len(commits._waiting) < 10:
            pass
        go_on.set()
        assert [one.result() for one in (first, *others)] == list(range(11))
    assert count == 2
    assert kept(numbers) == list(range(11))


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
