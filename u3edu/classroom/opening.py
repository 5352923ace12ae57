"""Opening a quiz: at the classroom where there is one, else from a folder; notebooks do not differ."""

import getpass
import os
from pathlib import Path

from u3edu.classroom.client import ClassroomClient
from u3edu.classroom.errors import ClassroomProblem, NotThere
from u3edu.classroom.far_results import FarResults
from u3edu.classroom.messages import Listed
from u3edu.classroom.outbox import Outbox, default_folder
from u3edu.quiz.answer_book import read_answer_book
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.practice import answers_file
from u3edu.quiz.quiz import read_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore

ADDRESS, TOKEN = "U3EDU_CLASSROOM_URL", "JUPYTERHUB_API_TOKEN"


def open_quiz(name: str | os.PathLike[str]) -> QuizSession:
    """Open a quiz, and go on where it was left.

    Where U3EDU_CLASSROOM_URL is set, this is the published quiz of that name, and the classroom
    keeps and marks the answers. Elsewhere it is the folder of that name, its answers go to
    `u3edu.quiz.practice.answers_file`, and they are marked here if its answer book, the folder
    with ``-keys`` at the end of its name, is there too.

    Parameters
    ----------
    name : str or path-like
        Of the quiz.

    Raises
    ------
    NotThere
        If the classroom has no such quiz.
    ClassroomAway
        If the classroom does not answer.
    InvalidQuiz
        If the folder is no quiz.

    Examples
    --------
    >>> session = open_quiz("reader-test")  # doctest: +SKIP
    """
    if os.environ.get(ADDRESS, "").strip():
        return _at_classroom(client_from_environment(), Path(name).name)
    folder = Path(name)
    quiz, keys = read_quiz(folder), folder.with_name(f"{folder.name}-keys")
    marker = BookMarker(quiz, read_answer_book(keys)) if keys.is_dir() else None
    who = os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    return QuizSession(quiz, who, LocalStore(answers_file(folder.name)), marker)


def client_from_environment() -> ClassroomClient:
    """The classroom that the environment names.

    Raises
    ------
    ClassroomProblem
        If it names none, or there is no token.
    """
    missing = [name for name in (ADDRESS, TOKEN) if not os.environ.get(name, "").strip()]
    if missing:
        raise ClassroomProblem(
            f"{' and '.join(missing)} not set: a classroom is reached from a server of JupyterHub"
        )
    return ClassroomClient(os.environ[ADDRESS].strip(), os.environ[TOKEN].strip())


def find_quiz(client: ClassroomClient, name: str) -> Listed:
    """The quiz of a name or identifier; of several with one name, the latest.

    Raises
    ------
    NotThere
    """
    listing = client.quizzes()
    for one in listing:
        if name in (one.name, one.id):
            return one
    known = ", ".join(one.name for one in listing) or "none yet"
    raise NotThere(f"no quiz {name} in the classroom; there is: {known}")


def _at_classroom(client: ClassroomClient, name: str) -> QuizSession:
    identifier = find_quiz(client, name).id
    quiz, who = client.quiz(identifier), client.standing(identifier).who
    results = FarResults(client, identifier, Outbox(default_folder(), client.address, who, identifier))
    results.send_waiting()
    return QuizSession(quiz, who, results, results)
