"""From a quiz and its answer book to an assignment that nbgrader hands out, collects and grades."""

import json
from pathlib import Path
from typing import Any

from u3edu.quiz.answer_book import AnswerBook, write_answer_book
from u3edu.quiz.assignment import KEYS_FOLDER, QUIZ_FOLDER
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.quiz import Quiz, write_quiz

NOTEBOOK = "quiz.ipynb"

_OPEN = """\
from u3edu.widgets.quiz_assignment import open_quiz

open_quiz()"""
_HAND_IN = (
    "Each answer is kept in `answers.jsonl` beside this notebook as soon as you submit it. Hand in the "
    "whole folder; you can close the notebook and go on later."
)
# What stands between the marks is taken out of the trainees' copy and put back for grading. It names
# no answer, for nbgrader shows it in its feedback.
_SCORE = """\
# Question {number} of {count} is scored here after you handed in.
### BEGIN HIDDEN TESTS
from u3edu.quiz.assignment import score_item
score_item({assignment!r}, {number})
### END HIDDEN TESTS"""


def write_assignment(quiz: Quiz, book: AnswerBook, course: Path, assignment: str) -> tuple[Path, Path]:
    """Write an assignment into the folder of an nbgrader course.

    Parameters
    ----------
    quiz : Quiz
    book : AnswerBook
    course : Path
        Of the course; made if it is not there.
    assignment : str
        Name of the assignment: small letters, digits and hyphens.

    Returns
    -------
    source, keys : Path
        ``source/ASSIGNMENT``, of which nbgrader makes the trainees' copy, and ``keys/ASSIGNMENT``,
        which stays with the instructor.

    Raises
    ------
    InvalidQuiz
        If the book is not the quiz's, or the name is no name of an assignment.
    FileExistsError
        If the course has such an assignment.
    """
    book.check(quiz)
    if (
        not assignment.replace("-", "").isalnum()
        or not assignment.isascii()
        or assignment != assignment.lower()
    ):
        raise InvalidQuiz(
            f"{assignment!r} is no name of an assignment; use small letters, digits and hyphens"
        )
    source, keys = course / "source" / assignment, course / KEYS_FOLDER / assignment
    for folder in (source, keys):
        if folder.exists():
            raise FileExistsError(f"{folder} is there already; choose another name or folder")
    write_answer_book(book, keys)
    write_quiz(quiz, source / QUIZ_FOLDER)
    (source / NOTEBOOK).write_text(json.dumps(_notebook(quiz, assignment), indent=1) + "\n", "utf-8")
    return source, keys


def _notebook(quiz: Quiz, assignment: str) -> dict[str, Any]:
    """A notebook of format 4.5 with a locked cell that opens the quiz and one for each question's score."""
    count = len(quiz)
    cells = [
        _cell("title", f"# {quiz.title}\n\n{quiz.document.introduction}\n\n{_HAND_IN}", "markdown"),
        _cell("open", _OPEN),
    ]
    for number in range(1, count + 1):
        source = _SCORE.format(number=number, count=count, assignment=assignment)
        cells.append(_cell(f"question-{number}", source, points=1))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def _cell(name: str, source: str, kind: str = "code", *, points: int = 0) -> dict[str, Any]:
    """A locked cell; what a trainee changes in it is put right before grading."""
    marks: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": points > 0,
        "solution": False,
        "locked": True,
        "task": False,
    }
    if points:
        marks["points"] = points
    cell: dict[str, Any] = {
        "id": name,
        "cell_type": kind,
        "metadata": {"nbgrader": marks},
        "source": source.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}
