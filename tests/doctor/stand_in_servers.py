"""A stand-in for JupyterHub, the classroom service and the shared engine, on loopback."""

import json
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import jupyterhub

from u3edu.doctor.weights import EXPECTED, shipped_hash

TOKEN = "a-token-of-anna"
SCOPES = ["self", "access:services!service=u3edu", "custom:u3edu:submit"]


def model_path(name: str) -> str:
    """Where the shared engine tells of a shipped model."""
    return f"/v1/models/{shipped_hash(name)}"


class StandInServers:
    """Answers as the three servers do when all is in order; a test changes `answers`.

    Attributes
    ----------
    answers : dict
        Status and content by path; what those in `secured` answer without the token.
    clock : float
        Seconds by which the servers' clock is ahead.
    """

    secured: ClassVar = {"/hub/api/user": 403, "/services/u3edu/api/quizzes": 403}
    secured |= {model_path(name): 401 for name in EXPECTED}

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {
            "/hub/api/": (200, {"version": jupyterhub.__version__}),
            "/hub/api/user": (200, {"name": "anna", "scopes": SCOPES}),
            "/services/u3edu/health": (200, {}),
            "/services/u3edu/api/quizzes": (200, []),
            "/health": (200, {}),
            **{model_path(name): (200, {}) for name in EXPECTED},
        }
        self.clock = 0.0

    def __enter__(self) -> "StandInServers":
        servers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content = servers.answers.get(self.path, (404, {}))
                if self.path in servers.secured and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, content = servers.secured[self.path], {}
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return formatdate((timestamp or time.time()) + servers.clock, usegmt=True)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """What a server of JupyterHub has in its environment."""
        return {
            "JUPYTERHUB_API_URL": f"{self.url}/hub/api",
            "JUPYTERHUB_API_TOKEN": TOKEN,
            "U3EDU_CLASSROOM_URL": f"{self.url}/services/u3edu/",
            "U3EDU_ENGINE_URL": self.url,
        }
