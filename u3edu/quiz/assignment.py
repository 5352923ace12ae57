"""A quiz as an nbgrader assignment: what its locked cells call to score the file of answers."""

import os
from pathlib import Path

from u3edu.quiz.answer_book import DOCUMENT, AnswerBook, read_answer_book
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import read_quiz
from u3edu.quiz.statistics.gather import counted
from u3edu.quiz.store import LocalStore

# Beside the notebook, in the trainee's copy of the assignment.
QUIZ_FOLDER, ANSWERS_FILE = "quiz", "answers.jsonl"
# In the course's folder, which trainees never get.
KEYS_FOLDER = "keys"
# nbgrader knows trainees by their folders.
TRAINEE = "trainee"


def is_graded() -> bool:
    """Whether nbgrader runs this notebook, and nobody looks at it."""
    return "NBGRADER_EXECUTION" in os.environ


def score_item(assignment: str, number: int) -> float:
    """Score one question of the assignment in the working folder, and print why.

    Parameters
    ----------
    assignment : str
        Its answer book is the folder ``keys/ASSIGNMENT`` of the course, which is looked for in the
        working folder and those around it.
    number : int
        The question, from 1.

    Returns
    -------
    float
        0 to 1; 0 without an answer.

    Raises
    ------
    InvalidQuiz
        If the answer book is not there, or the file of answers is damaged.
    InvalidAnswer
        If the answer does not fit the question.
    """
    quiz, book = read_quiz(QUIZ_FOLDER), _answer_book(assignment)
    item = quiz.items[number - 1]
    given = [one for one in LocalStore(ANSWERS_FILE).responses(quiz.id, TRAINEE) if one.item == item.id]
    if not given:
        print("Not answered.")
        return 0.0
    _, mark = counted(quiz, BookMarker(quiz, book).mark, given)
    print(mark.reason)
    return mark.score


def _answer_book(assignment: str) -> AnswerBook:
    here = Path.cwd()
    for folder in (here, *here.parents):
        keys = folder / KEYS_FOLDER / assignment
        if (keys / DOCUMENT).is_file():
            return read_answer_book(keys)
    raise InvalidQuiz(
        f"no answer book {KEYS_FOLDER}/{assignment} in {here} or around it; keep it in the course's folder"
    )
