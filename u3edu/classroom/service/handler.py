"""What all requests share: who asks, by the Hub's word alone, what for, and errors in words."""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from jupyterhub.services.auth import HubOAuthenticated
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from tornado.web import HTTPError, RequestHandler

from u3edu.classroom.desk import Desk
from u3edu.classroom.errors import Conflict, NotThere
from u3edu.classroom.ledger import Ledger
from u3edu.classroom.room import Classroom
from u3edu.classroom.shelf import Shelf
from u3edu.classroom.trail import Trail
from u3edu.problems import in_words
from u3edu.quiz.response import now

SUBMIT, GRADE = "custom:u3edu:submit", "custom:u3edu:grade"
# Whoever tries a closed door many times is in the audit trail once an hour.
REFUSED_AGAIN = timedelta(hours=1)
MOST_REFUSED = 10_000

Result = TypeVar("Result")
Message = TypeVar("Message", bound=BaseModel)
log = logging.getLogger("u3edu.classroom")


@dataclass
class Rooms:
    """What the handlers of a service work with."""

    shelf: Shelf
    ledger: Ledger
    trail: Trail
    room: Classroom
    desk: Desk
    pool: ThreadPoolExecutor
    refused: dict[tuple[str, str], datetime] = field(default_factory=dict)
    # Requests that are being answered.
    busy: int = 0


class Handler(HubOAuthenticated, RequestHandler):
    """A request of somebody whom the Hub knows, and who has the scope for it.

    A page sends people to the Hub to log in; everything else is refused without a token.
    """

    scope = SUBMIT
    is_page = False
    who = ""

    def initialize(self, rooms: Rooms) -> None:
        """Keep what the handlers work with."""
        self.rooms = rooms

    def set_default_headers(self) -> None:
        """Nothing of this is kept by browsers or shown in other people's pages."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        )
        self.clear_header("Server")

    async def prepare(self) -> None:
        """Find out who asks, and whether they may."""
        self.arrived = now()
        self.rooms.busy += 1
        # Without waiting in the event loop; the answer is remembered for `current_user`.
        await self.hub_auth.get_user(self, sync=False)
        user = self.current_user
        if user is None:
            if self.is_page and self._cached_hub_user is None:
                self.redirect(self.get_login_url())
                return
            raise HTTPError(403, reason="no valid token of JupyterHub with access to this service")
        if user.get("kind") != "user" or self.scope not in user["scopes"]:
            await self._note_refusal(str(user.get("name")))
            raise HTTPError(403, reason=f"this needs the scope {self.scope}")
        self.who = str(user["name"])

    def on_finish(self) -> None:
        """One fewer is being answered."""
        if hasattr(self, "arrived"):
            self.rooms.busy -= 1

    async def run(self, work: Callable[..., Result], *words: Any, **options: Any) -> Result:
        """Run what waits for the database or marks answers, beside the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.rooms.pool, lambda: work(*words, **options))

    def read(self, message: type[Message]) -> Message:
        """The body as a message.

        Raises
        ------
        ValidationError
        """
        return message.model_validate_json(self.request.body)

    def answer(self, message: BaseModel | list[BaseModel]) -> None:
        """Answer with a message."""
        self.set_header("Content-Type", "application/json")
        if isinstance(message, BaseModel):
            self.write(message.model_dump_json().encode())
        else:
            self.write(b"[" + b",".join(one.model_dump_json().encode() for one in message) + b"]")

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """Whoever sent something wrong is told; only what nobody expected is a line in the log."""
        if status_of(value) == 500:
            log.error("%s %s", self.request.method, self.request.path, exc_info=(kind, value, trace))

    def _handle_request_exception(self, error: BaseException) -> None:
        if not isinstance(error, HTTPError) and isinstance(error, Exception) and status_of(error) != 500:
            self.log_exception(type(error), error, error.__traceback__)
            if not self._finished:
                self.send_error(status_of(error), reason=None, exc_info=(type(error), error, None))
            return
        super()._handle_request_exception(error)

    def write_error(self, status_code: int, **options: Any) -> None:
        """Say in a line of JSON what was wrong; nothing of what is secret is in any message."""
        error = options.get("exc_info", (None, None))[1]
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": words_of(error, self._reason)}))

    async def _note_refusal(self, who: str) -> None:
        what = f"{self.request.method} {type(self).__name__}"
        last = self.rooms.refused.get((who, what))
        if last is not None and self.arrived - last < REFUSED_AGAIN:
            return
        if len(self.rooms.refused) >= MOST_REFUSED:
            self.rooms.refused.clear()
        self.rooms.refused[who, what] = self.arrived
        await self.run(self._note, who, "refused", self.path_kwargs.get("quiz", ""), what=what)

    def _note(self, who: str, action: str, quiz: str = "", **detail: object) -> None:
        with self.rooms.ledger.commits.alone() as connection:
            self.rooms.trail.add(connection, who, action, quiz, **detail)

    async def note(self, action: str, quiz: str = "", **detail: object) -> None:
        """Add a line to the audit trail."""
        await self.run(self._note, self.who, action, quiz, **detail)


def status_of(error: BaseException | None) -> int:
    """The status of HTTP that an error means."""
    if isinstance(error, HTTPError):
        return error.status_code
    if isinstance(error, NotThere):
        return 404
    if isinstance(error, Conflict):
        return 409
    if isinstance(error, SQLAlchemyError):
        return 503
    # pydantic's and the quizzes' errors are ValueErrors.
    return 422 if isinstance(error, ValueError) else 500


def words_of(error: BaseException | None, reason: str) -> str:
    """What is said about an error."""
    if isinstance(error, ValidationError):
        return in_words(error)
    if isinstance(error, SQLAlchemyError):
        return "the classroom's database does not answer; try again in a moment"
    if isinstance(error, ValueError):
        return str(error)
    return reason


def refuse(status: int, reason: str) -> NoReturn:
    """End a request with a message."""
    raise HTTPError(status, reason=reason)
