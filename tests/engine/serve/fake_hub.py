"""A JupyterHub that knows the tokens ``hub-NAME``, and counts how often it is asked."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeHub(ThreadingHTTPServer):
    """Answers ``GET /hub/api/user`` as JupyterHub does; `away` makes it fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()
        self.away = False

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub/api"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_GET(self) -> None:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        self.server.asked[token] += 1
        if self.server.away:
            self._reply(503, {})
        elif self.path == "/hub/api/user" and kind == "token" and token.startswith("hub-"):
            self._reply(200, {"kind": "user", "name": token.removeprefix("hub-")})
        else:
            self._reply(403, {"status": 403, "message": "Forbidden"})

    def log_message(self, *_: object) -> None:
        pass

    def _reply(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        try:
            yield hub
        finally:
            hub.shutdown()
