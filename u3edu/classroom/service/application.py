"""The service: its addresses, and running it until it is told to stop."""

import asyncio
import hashlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, StaticFileHandler

from u3edu.classroom.desk import Desk
from u3edu.classroom.errors import ClassroomProblem
from u3edu.classroom.ledger import Ledger
from u3edu.classroom.room import Classroom
from u3edu.classroom.service import instructor, trainee
from u3edu.classroom.service.handler import Handler, Rooms, refuse
from u3edu.classroom.shelf import Shelf
from u3edu.classroom.trail import Trail

# Marking and the database; those that wait for the disk wait together.
THREADS = 24
# More than any answer has; a painting is at most a few hundred strokes.
LARGEST_REQUEST = 8 * 1024 * 1024
# What is being answered when the service is told to stop is answered.
STOPPING_SECONDS = 10


class Health(RequestHandler):
    """Whether the service reaches its database; needs no token and tells nothing else."""

    def initialize(self, engine: Engine, pool: ThreadPoolExecutor) -> None:
        """Keep the database."""
        self._engine, self._pool = engine, pool

    async def get(self) -> None:
        """Ask the database."""

        def ask() -> None:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))

        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, ask)
        except SQLAlchemyError:
            self.set_status(503)
            self.write({"status": "the database does not answer"})
        else:
            self.write({"status": "ok"})


class Nowhere(Handler):
    """Everything else."""

    async def get(self) -> None:
        """Nothing is there."""
        refuse(404, "nothing at this address")


def application(engine: Engine, hub: HubOAuth) -> Application:
    """The service on a database whose tables are ready.

    Parameters
    ----------
    engine : Engine
    hub : HubOAuth
        Who people are.
    """
    shelf, ledger, trail = Shelf(engine), Ledger(engine), Trail(engine)
    pool = ThreadPoolExecutor(THREADS, "classroom")
    rooms = Rooms(shelf, ledger, trail, Classroom(shelf, ledger), Desk(shelf, ledger, trail), pool)
    at, quiz = hub.base_url, r"quizzes/(?P<quiz>[0-9a-f]{16})"
    inside = {"rooms": rooms}
    files = r"(?P<file>answers\.csv|gradebook\.csv|readings\.csv|statements\.jsonl)"
    return Application(
        [
            (f"{at}health", Health, {"engine": engine, "pool": pool}),
            (f"{at}oauth_callback", HubOAuthCallbackHandler),
            (f"{at}api/quizzes", trainee.Quizzes, inside),
            (f"{at}api/{quiz}", trainee.QuizDocument, inside),
            (rf"{at}api/{quiz}/pictures/(?P<name>[0-9a-f]{{16}}\.png)", trainee.Picture, inside),
            (f"{at}api/{quiz}/openings", trainee.Openings, inside),
            (f"{at}api/{quiz}/responses", trainee.Responses, inside),
            (f"{at}api/publications", instructor.Publish, inside),
            (f"{at}api/{quiz}/answer-books", instructor.AnswerBooks, inside),
            (f"{at}api/{quiz}/class", instructor.ClassFigures, inside),
            (f"{at}{quiz}/{files}", instructor.Export, inside),
            (f"{at}trail.jsonl", instructor.TrailFile, inside),
            (f"{at}{quiz}", instructor.ClassPage, inside),
            (f"{at}static/(.*)", StaticFileHandler, {"path": str(instructor.PAGE / "static")}),
            (at, instructor.Start, inside),
            (".*", Nowhere, inside),
        ],
        # The same after a restart, and for several processes: the Hub's token of the service.
        cookie_secret=hashlib.sha256(f"u3edu classroom {hub.api_token}".encode()).digest(),
        log_function=lambda _: None,
        rooms=rooms,
    )


def hub_from_environment() -> HubOAuth:
    """Who people are, by what JupyterHub sets for its services.

    Raises
    ------
    ClassroomProblem
        If this is no service of JupyterHub.
    """
    needed = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX")
    missing = [name for name in needed if not os.environ.get(name)]
    if missing:
        raise ClassroomProblem(
            f"{', '.join(missing)} not set: the classroom is started by JupyterHub as one of its "
            "services, or with the variables of docs/classroom.md"
        )
    hub: HubOAuth = HubOAuth.instance()
    return hub


async def serve(engine: Engine, hub: HubOAuth, address: str) -> None:
    """Answer requests until the process is told to stop.

    Parameters
    ----------
    engine : Engine
    hub : HubOAuth
    address : str
        ``http://host:port``.
    """
    where = urlsplit(address)
    app = application(engine, hub)
    server = HTTPServer(app, max_body_size=LARGEST_REQUEST, xheaders=True)
    server.listen(where.port or 10101, where.hostname or "127.0.0.1")
    told = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, told.set)
    await told.wait()
    server.stop()
    rooms: Rooms = app.settings["rooms"]
    end = time.monotonic() + STOPPING_SECONDS
    while rooms.busy and time.monotonic() < end:
        await asyncio.sleep(0.02)
    await server.close_all_connections()
