"""The ledger keeps what `ResultsStore` promises, on either database."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.classroom.classes import Class, start_class
from tests.quiz.stand_ins import RIGHT, Clock
from u3edu.classroom.errors import Conflict
from u3edu.classroom.ledger import Ledger
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.session import QuizSession


@pytest.fixture
def taught(engine: Engine, clock: Clock) -> Class:
    return start_class(engine, clock)


def test_a_session_works_on_the_ledger_as_on_a_file(taught: Class, clock: Clock) -> None:
    marker = BookMarker(taught.quiz, taught.book)
    session = QuizSession(taught.quiz, "ada", taught.ledger, marker, clock)
    while session.item is not None:
        given, place = RIGHT[session.item.kind]
        session.answer(given, place=place)  # type: ignore[arg-type]
    again = QuizSession(taught.quiz, "ada", taught.ledger, marker, clock)
    assert again.done and again.score().right == 5
    assert QuizSession(taught.quiz, "alan", taught.ledger, marker, clock).answered == 0


def test_the_first_opening_counts(taught: Class, clock: Clock) -> None:
    session = QuizSession(taught.quiz, "ada", taught.ledger, None, clock)
    first = session.open()
    clock.wait(10)
    assert QuizSession(taught.quiz, "ada", taught.ledger, None, clock).open() == first


def test_a_response_recorded_twice_is_kept_once_and_another_is_refused(taught: Class) -> None:
    response = taught.submit("ada", taught.submission("stage_it")).response
    assert taught.ledger.record(response) == response
    with pytest.raises(Conflict, match="another window"):
        taught.ledger.record(response.model_copy(update={"id": "f" * 32}))
    assert taught.ledger.responses() == (response,)


def test_what_is_recorded_is_there_when_the_database_is_opened_again(
    taught: Class, address: str, open_engine: Callable[[str], Engine]
) -> None:
    taught.answer_all("ada")
    kept = taught.ledger.entries()
    assert Ledger(open_engine(address)).entries() == kept
    assert all(entry.marks for entry in kept)
