"""The card of a quiz that nbgrader handed out: answers go to a file that is handed in with the notebook."""

from u3edu.quiz.assignment import ANSWERS_FILE, QUIZ_FOLDER, TRAINEE, is_graded
from u3edu.quiz.quiz import read_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore
from u3edu.widgets.quiz_card import QuizCard


def open_quiz() -> QuizCard | None:
    """The card of the quiz beside the notebook; None where nbgrader runs the notebook.

    Raises
    ------
    InvalidQuiz
        If the quiz or the answers are missing or damaged.
    """
    if is_graded():
        return None
    return QuizCard(QuizSession(read_quiz(QUIZ_FOLDER), TRAINEE, LocalStore(ANSWERS_FILE)))
