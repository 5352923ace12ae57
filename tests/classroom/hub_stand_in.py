"""What the classroom asks of a Hub: whose token is this, and what may they."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCESS = "access:services!service=u3edu"
SUBMIT, GRADE = "custom:u3edu:submit", "custom:u3edu:grade"


class HubStandIn:
    """Answers ``/hub/api/user`` for the tokens it was told."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        users = self.users

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "").removeprefix("token ")
                user = users.get(token)
                body = json.dumps(user or {"message": "no such token"}).encode()
                self.send_response(200 if user else 403)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Whoever asked was killed meanwhile."""

        self._server = Server(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hub/api"

    def token(self, name: str, *scopes: str, kind: str = "user") -> str:
        """A token of a user with these scopes."""
        token = f"token-of-{name}-{len(self.users)}"
        self.users[token] = {"kind": kind, "name": name, "scopes": [*scopes], "groups": []}
        return token

    def trainee(self, name: str) -> str:
        return self.token(name, ACCESS, SUBMIT)

    def instructor(self, name: str) -> str:
        return self.token(name, ACCESS, SUBMIT, GRADE)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
