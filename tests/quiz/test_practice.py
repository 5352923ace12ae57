"""Practice quizzes go on where they stopped, in a file that a trainee finds."""

from pathlib import Path

import pytest

from tests.quiz.phantom_quiz import phantom_quiz
from u3edu.quiz.practice import answers_file, practice_session
from u3edu.quiz.store import LocalStore


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("U3EDU_ANSWERS", raising=False)


def test_answers_lie_in_a_folder_beside_the_notebook(tmp_path: Path) -> None:
    session = practice_session(*phantom_quiz(), "stages")
    session.answer(answer_to_first(session.item))
    written = LocalStore(tmp_path / "answers" / "stages.jsonl").responses()
    assert [one.who for one in written] == ["you"]


def test_answers_lie_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_ANSWERS", str(tmp_path / "kept"))
    assert answers_file("stages") == tmp_path / "kept" / "stages.jsonl"


def test_a_new_kernel_goes_on_and_another_name_begins_anew() -> None:
    session = practice_session(*phantom_quiz(), "stages")
    session.answer(answer_to_first(session.item))
    assert practice_session(*phantom_quiz(), "stages").answered == 1
    assert practice_session(*phantom_quiz(), "stages", who="again").answered == 0


def test_answers_are_marked_at_once() -> None:
    session = practice_session(*phantom_quiz(), "stages")
    assert session.answer(answer_to_first(session.item)) is not None


def answer_to_first(item: object) -> object:
    """Something that is an answer, right or wrong; the seed of the quiz fixes which item is first."""
    kind = getattr(item, "kind", "")
    return {"real_or_synthetic": "real", "rate_abc": "A", "stage_it": 0}[kind]
