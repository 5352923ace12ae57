"""Talking to the classroom over HTTP: asked again while it is away, refusals in its own words."""

import json
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter

from u3edu.classroom.errors import ClassroomAway, ClassroomProblem, Conflict, NotThere
from u3edu.classroom.messages import Listed, Open, Opened, Receipt, Standing, Submission
from u3edu.classroom.publication import Correction, Publication, Remarked
from u3edu.engine.connection import Connections, NoAnswer
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.quiz import Quiz, QuizDocument

Message = TypeVar("Message", bound=BaseModel)

# A restart of the service takes a few seconds; a trainee waits no longer than this for a try.
WAITS = (0.3, 0.7, 1.5, 3.0, 5.0)
WITHIN_SECONDS = 20.0
# Publishing and re-grading a large quiz take longer, and happen rarely.
HANDING_IN_SECONDS = 600.0
LARGEST_ANSWER = 64 * 1024 * 1024
_LISTING: TypeAdapter[tuple[Listed, ...]] = TypeAdapter(tuple[Listed, ...])


class ClassroomClient:
    """Asks the classroom service in the name of whoever the token belongs to.

    Every request can be sent again without harm, and is, while the service does not answer.

    Parameters
    ----------
    address : str
        Of the service, with its prefix: ``http://HUB/services/u3edu/``.
    token : str
        Of JupyterHub.
    pause : callable
        Waits some seconds; for tests.

    Raises
    ------
    ClassroomProblem
        If it is no address.
    """

    def __init__(self, address: str, token: str, pause: Callable[[float], None] = time.sleep) -> None:
        try:
            self._connections = Connections(address, LARGEST_ANSWER)
        except ValueError as error:
            raise ClassroomProblem(f"U3EDU_CLASSROOM_URL: {error}") from error
        self.address = address
        self._token, self._pause = token, pause

    def quizzes(self) -> tuple[Listed, ...]:
        """The quizzes that can be taken, the latest first."""
        return _LISTING.validate_json(self._ask("GET", "/api/quizzes"))

    def quiz(self, identifier: str) -> Quiz:
        """A quiz with its pictures."""
        at = f"/api/quizzes/{identifier}"
        document = QuizDocument.model_validate_json(self._ask("GET", at))
        names = sorted({name for item in document.items for name in item.pictures})
        return Quiz(document, {name: self._ask("GET", f"{at}/pictures/{name}") for name in names})

    def opened(self, quiz: str, given: Open) -> Opened:
        """Tell that an item was shown."""
        return self._post(f"/api/quizzes/{quiz}/openings", given, Opened)

    def submit(self, quiz: str, given: Submission) -> Receipt:
        """Hand in an answer; it is kept when this returns."""
        return self._post(f"/api/quizzes/{quiz}/responses", given, Receipt)

    def standing(self, quiz: str) -> Standing:
        """All that was answered, and what may be known of it."""
        return Standing.model_validate_json(self._ask("GET", f"/api/quizzes/{quiz}/responses"))

    def publish(self, given: Publication) -> None:
        """Hand in a quiz and its answer book, as an instructor."""
        self._ask("POST", "/api/publications", given, HANDING_IN_SECONDS)

    def regrade(self, quiz: str, given: Correction) -> Remarked:
        """Hand in a corrected answer book, as an instructor."""
        content = self._ask("POST", f"/api/quizzes/{quiz}/answer-books", given, HANDING_IN_SECONDS)
        return Remarked.model_validate_json(content)

    def _post(self, path: str, given: BaseModel, reply: type[Message]) -> Message:
        return reply.model_validate_json(self._ask("POST", path, given))

    def _ask(
        self, method: str, path: str, given: BaseModel | None = None, within: float = WITHIN_SECONDS
    ) -> bytes:
        content = None if given is None else given.model_dump_json().encode()
        for wait in (*WAITS, None):
            try:
                answer = self._connections.ask(
                    method, path, token=self._token, within=within, content=content
                )
                if answer.status < 300:
                    return answer.content
                why = _refusal(answer.status, answer.content)
            except NoAnswer as error:
                why = str(error)
            if wait is None:
                raise ClassroomAway(f"the classroom at {self.address} does not answer ({why})")
            self._pause(wait)
        raise AssertionError("the last wait is None")


def _refusal(status: int, content: bytes) -> str:
    """Raise what the service says; if it is not the service that says it, or it can't yet, tell why.

    While the Hub starts, its proxy answers in the service's place, with a page.
    """
    try:
        said = str(json.loads(content)["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {status}"
    if status >= 500:
        return said
    if status == 404:
        raise NotThere(said)
    if status == 409:
        raise Conflict(said)
    if status == 422:
        raise InvalidAnswer(said)
    raise ClassroomProblem(f"the classroom refuses: {said}")
