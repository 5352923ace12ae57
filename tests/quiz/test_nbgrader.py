"""A quiz as an nbgrader assignment: nbgrader's own commands hand it out, grade it, and give feedback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from tests.quiz.stand_ins import TUMOUR, every_kind
from u3edu.cli import app
from u3edu.editing import BrushStroke, EditScript
from u3edu.quiz.answer_book import write_answer_book
from u3edu.quiz.quiz import read_quiz, write_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore

NAME = "rectum"
PAINTED = EditScript(operations=(BrushStroke(element=TUMOUR, points=((24, 4), (24, 21)), diameter=5),))
RIGHT = {
    "real_or_synthetic": ("real", None),
    "rate_abc": ("B", None),
    "stage_it": ("T2", None),
    "what_changed": ("margin", (32.0, 12.0)),
    "paint_it": (PAINTED, None),
}
WRONG = {
    "real_or_synthetic": ("synthetic", None),
    "rate_abc": ("C", None),
    "stage_it": ("T3", None),
    "what_changed": ("size", (1.0, 1.0)),
    "paint_it": (EditScript(), None),
}


def nbgrader(course: Path, *words: str) -> str:
    # nbgrader looks for alembic, which comes with it, on the PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


def hand_in(course: Path, who: str, answers: dict[str, tuple[object, object]]) -> Path:
    """What a trainee's folder holds when it is collected, answered as the card would do it."""
    folder = course / "submitted" / who / NAME
    shutil.copytree(course / "release" / NAME, folder)
    session = QuizSession(read_quiz(folder / "quiz"), "trainee", LocalStore(folder / "answers.jsonl"))
    while (item := session.item) is not None and item.kind in answers:
        given, place = answers[item.kind]
        session.answer(given, place=place)  # type: ignore[arg-type]
    return folder


def tamper(folder: Path) -> None:
    """Write a better score into the locked cells, and a second, right answer behind the first one."""
    notebook = json.loads((folder / "quiz.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"]["nbgrader"]["grade"]:
            cell["source"] = ["1.0"]
            cell["metadata"]["nbgrader"]["points"] = 100
    (folder / "quiz.ipynb").write_text(json.dumps(notebook))
    lines = (folder / "answers.jsonl").read_text().splitlines()
    answers = [json.loads(line) for line in lines]
    first = next(one for one in answers if one.get("answer", {}).get("kind") == "stage_it")
    first["answer"]["choice"], first["id"], first["attempt"] = 1, "f" * 32, 2
    (folder / "answers.jsonl").write_text("\n".join([*lines, json.dumps(first)]) + "\n")
    quiz = json.loads((folder / "quiz/quiz.json").read_text())
    quiz["rules"]["attempts"] = 100
    (folder / "quiz/quiz.json").write_text(json.dumps(quiz))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose class was graded."""
    course = tmp_path_factory.mktemp("course")
    quiz, book = every_kind()
    write_quiz(quiz, course / "made")
    write_answer_book(book, course / "made-keys")
    words = ("quiz", "export", "--nbgrader", course / "made", "--keys", course / "made-keys")
    result = CliRunner().invoke(app, [*map(str, words), "--output", str(course), "--name", NAME])
    assert result.exit_code == 0, result.output
    for made in ("made", "made-keys"):
        shutil.rmtree(course / made)
    nbgrader(course, "generate_assignment", NAME)
    hand_in(course, "right", RIGHT)
    hand_in(course, "wrong", WRONG)
    hand_in(course, "half", {kind: RIGHT[kind] for kind in ("real_or_synthetic", "rate_abc")})
    tamper(hand_in(course, "tampered", WRONG))
    damaged = hand_in(course, "damaged", RIGHT) / "answers.jsonl"
    damaged.write_text('{"type": "response", "score": 5}\n' + damaged.read_text())
    nbgrader(course, "autograde", NAME)
    nbgrader(course, "generate_feedback", NAME)
    return course


def test_the_trainees_copy_holds_no_answer(course: Path) -> None:
    _, book = every_kind()
    files = {path: path.read_bytes() for path in (course / "release").rglob("*") if path.is_file()}
    everything = b"".join(files.values())
    for key in book.document.keys:
        assert key.reason.encode() not in everything
    for name, content in book.files.items():
        assert name.encode() not in everything and content not in files.values()
    for word in (b"HIDDEN", b"score_item", b"fault", b"within_mm", b"keys"):
        assert word not in everything
    assert {path.suffix for path in files} == {".ipynb", ".json", ".png"}


@pytest.mark.parametrize(
    ("who", "score"), [("right", 5), ("wrong", 0), ("half", 2), ("tampered", 0), ("damaged", 0)]
)
def test_a_submission_gets_what_its_answers_are_worth(course: Path, who: str, score: float) -> None:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        submission = book.find_submission(NAME, who)
        assert (submission.score, submission.max_score) == (score, 5)
        assert not submission.needs_manual_grade


def test_feedback_says_why_and_tells_no_other_answer(course: Path) -> None:
    page = (course / "feedback/half" / NAME / "quiz.html").read_text()
    _, book = every_kind()
    assert "A scanner took it." in page and "Not answered." in page
    for key in book.document.keys:
        assert (key.reason in page) == (key.kind in ("real_or_synthetic", "rate_abc"))
    assert "no response" in (course / "feedback/damaged" / NAME / "quiz.html").read_text()


def test_an_assignment_that_is_there_and_a_bad_name_are_told(course: Path, tmp_path: Path) -> None:
    quiz, book = every_kind()
    write_quiz(quiz, tmp_path / "made")
    write_answer_book(book, tmp_path / "made-keys")
    words = ["quiz", "export", str(tmp_path / "made"), "--keys", str(tmp_path / "made-keys")]
    for more, message in (
        (["--nbgrader", "--output", str(course), "--name", NAME], "is there already"),
        (["--nbgrader", "--output", str(tmp_path), "--name", "../x"], "is no name of an assignment"),
        (["--output", str(tmp_path)], "say what for: --nbgrader"),
    ):
        result = CliRunner().invoke(app, [*words, *more])
        assert result.exit_code == 1 and message in result.output.replace("\n", " ")
