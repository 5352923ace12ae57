"""Practice: a quiz of the workbook, marked at once in the trainee's own kernel, its answers in a file."""

import os
from pathlib import Path

from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore

# Names the folder of the answers, where it is not to be the one beside the notebook.
ANSWERS_VARIABLE = "U3EDU_ANSWERS"
ANSWERS_FOLDER = "answers"


def answers_file(name: str) -> Path:
    """The file of the answers to a quiz.

    Parameters
    ----------
    name : str
        Of the quiz; a file name without its ending.

    Returns
    -------
    pathlib.Path
        ``answers/NAME.jsonl`` in the working folder, which is a notebook's own, or in the folder
        that the environment variable U3EDU_ANSWERS names.
    """
    folder = os.environ.get(ANSWERS_VARIABLE, "").strip() or ANSWERS_FOLDER
    return Path(folder).expanduser() / f"{name}.jsonl"


def practice_session(quiz: Quiz, book: AnswerBook, name: str, who: str = "you") -> QuizSession:
    """A session that keeps its answers in `answers_file` and goes on where the last one stopped.

    For practice: whoever has the kernel can read the answer book.

    Parameters
    ----------
    quiz : Quiz
        Made with a seed, so that it is the same quiz after a restart.
    book : AnswerBook
    name : str
        Names the file.
    who : str
        The trainee; another name takes the quiz from its beginning.

    Raises
    ------
    InvalidQuiz
        If the book is not the quiz's, or the file of answers is damaged.
    """
    return QuizSession(quiz, who, LocalStore(answers_file(name)), BookMarker(quiz, book))
