"""A quiz with one item of each kind, its answer book, and a clock."""

import pytest

from tests.quiz.stand_ins import Clock, every_kind
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.quiz import Quiz


@pytest.fixture
def built() -> tuple[Quiz, AnswerBook]:
    return every_kind()


@pytest.fixture
def clock() -> Clock:
    return Clock()
