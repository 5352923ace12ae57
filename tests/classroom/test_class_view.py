"""What the class page shows of a class whose every figure is known."""

from datetime import UTC, datetime

import pytest

from benchmarks.classroom_load import choice_quiz
from u3edu.classroom.class_view import MarkedRow, class_view
from u3edu.quiz.quiz import Quiz, Rules


@pytest.fixture
def quiz() -> Quiz:
    return choice_quiz(2)[0]


def row(quiz: Quiz, who: str, item: int, score: float, attempt: int = 1, seconds: float = 10.0) -> MarkedRow:
    at = datetime(2026, 1, 1, 9, attempt, tzinfo=UTC)
    return MarkedRow(who, quiz.items[item].id, attempt, False, score == 1, score, seconds, at)


def test_an_empty_class_has_questions_and_nobody(quiz: Quiz) -> None:
    view = class_view(quiz, (), 1)
    assert view.trainees == [] and view.answers == 0
    assert [(item.number, item.answers, item.difficulty) for item in view.items] == [
        (1, 0, None),
        (2, 0, None),
    ]


@pytest.mark.parametrize(("counts", "score"), [("first", 0.0), ("best", 1.0)])
def test_the_attempt_that_counts_is_the_one_of_the_rules(quiz: Quiz, counts: str, score: float) -> None:
    rules = Rules(attempts=3, counts=counts)  # type: ignore[arg-type]
    quiz = Quiz(quiz.document.model_copy(update={"rules": rules}), quiz.files)
    rows = [
        row(quiz, "ada", 0, 0.0),
        row(quiz, "ada", 0, 1.0, attempt=2),
        row(quiz, "ada", 0, 0.5, attempt=3),
    ]
    (ada,) = class_view(quiz, rows, 1).trainees
    assert (ada.answered, ada.points, ada.right) == (1, score, int(score))
    assert ada.cells == [score, None]
    assert ada.last == datetime(2026, 1, 1, 9, 3, tzinfo=UTC)


def test_the_figures_of_the_questions_are_those_of_the_statistics(quiz: Quiz) -> None:
    rows = [
        one
        for number in range(4)
        for one in (
            row(quiz, f"trainee {number}", 0, float(number < 3), seconds=10.0 * number),
            row(quiz, f"trainee {number}", 1, float(number < 2)),
        )
    ]
    view = class_view(quiz, rows, 2)
    first, second = view.items
    assert (first.answers, first.difficulty, first.median_seconds) == (4, 0.75, 15.0)
    assert second.difficulty == 0.5
    # Right at the first against right at the second: 3 of 4 agree; phi = 1 / sqrt(3).
    assert first.point_biserial == pytest.approx(3**-0.5)
    assert view.version == 2 and [one.right for one in view.trainees] == [2, 2, 1, 0]
