"""A JupyterHub on loopback, configured by deploy/u3edu_hub.py, and people who log in to it."""

import asyncio
import contextlib
import http.cookiejar
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PROXY = "configurable-http-proxy"
PASSWORD = "open sesame"
# A machine with two busy cores starts three servers slowly.
PATIENCE = 600

# Everybody is who they say, and servers are processes of one user; all else is as deployed.
ON_LOOPBACK = """
c = get_config()
load_subconfig("u3edu_hub.py", path="{deployed}")
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.auth_token = "a-token-of-the-proxy"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.args = ["--allow-root"]
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.start_timeout = {patience}
c.Spawner.http_timeout = {patience}
c.Spawner.environment.update({{"PYTHONPATH": "{root}"}})
c.Spawner.default_url = "/lab"
"""


def find_proxy() -> str | None:
    """Where the Hub's proxy is; None where it is not installed."""
    local = ROOT / "node_modules" / ".bin" / PROXY
    return str(local) if local.exists() else shutil.which(PROXY)


def configuration(folder: Path, proxy: str, port: int) -> str:
    """The deployed configuration, and `ON_LOOPBACK`."""
    return ON_LOOPBACK.format(
        deployed=ROOT / "deploy",
        port=port,
        hub_port=free_port(),
        proxy_port=free_port(),
        proxy=proxy,
        folder=folder,
        password=PASSWORD,
        python=sys.executable,
        patience=PATIENCE,
        root=ROOT,
    )


@dataclass
class Reply:
    status: int
    text: str
    address: str

    def json(self) -> Any:
        return json.loads(self.text)


class RealHub:
    """JupyterHub with its proxy and the classroom, as processes."""

    def __init__(self, folder: Path, proxy: str, database: str) -> None:
        self.port, self.folder = free_port(), folder
        for name in ("ada", "alan", "grace"):
            (folder / "homes" / name).mkdir(parents=True)
        config = folder / "jupyterhub_config.py"
        config.write_text(configuration(folder, proxy, self.port))
        self.log = folder / "hub.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(config)],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ
                | {
                    # The package is looked for here also where it is installed elsewhere.
                    "PYTHONPATH": str(ROOT),
                    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                    "U3EDU_CLASSROOM_DATABASE": database,
                    "U3EDU_CLASSROOM_SERVICE": f"http://127.0.0.1:{free_port()}",
                    "U3EDU_INSTRUCTORS": "grace",
                },
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Until the classroom answers through the proxy."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}/services/u3edu/health", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.3)
        raise RuntimeError(f"the Hub does not start:\n{self.log.read_text()[-4000:]}")

    def close(self) -> None:
        """End the Hub as its keeper does, and whatever of its processes is left after that."""
        # Each of them has a session of its own.
        family = _descendants(self._process.pid)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for one in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


def _descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listing.splitlines())}
    found = [process]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found[1:]


class Person:
    """Somebody with a browser's cookies, and a server of their own once it is started."""

    def __init__(self, hub: RealHub, name: str) -> None:
        self.hub, self.name = hub, name
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = ""

    def ask(
        self, path: str, body: object = None, *, method: str | None = None, token: str | None = None,
        form: list[tuple[str, str]] | None = None,
    ) -> Reply:  # fmt: skip
        """With this browser's cookies, or with a token alone."""
        data = urllib.parse.urlencode(form).encode() if form else None
        data = json.dumps(body).encode() if body is not None else data
        request = urllib.request.Request(f"{self.hub.address}{path}", data=data, method=method)
        opener = self._opener
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if token is not None:
            request.add_header("Authorization", f"token {token}")
            opener = urllib.request.build_opener()
        elif data is not None:
            request.add_header("X-XSRFToken", self._xsrf(path))
        try:
            with opener.open(request, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.read().decode(), reply.url)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read().decode(), error.url)

    def log_in(self) -> None:
        """By the Hub's form."""
        self.ask("/hub/login")
        form = [("username", self.name), ("password", PASSWORD), ("_xsrf", self._xsrf("/hub/"))]
        reply = self.ask("/hub/login?next=%2Fhub%2Fhome", form=form)
        assert reply.status == 200 and "/hub/home" in reply.address, reply

    def let_in(self) -> None:
        """Visit the classroom for the first time: it belongs to the Hub, which lets people in unasked."""
        page = self.ask("/services/u3edu/")
        assert page.status == 200 and "<title>Classroom</title>" in page.text, page

    def make_token(self, scopes: list[str] | None = None) -> str:
        """A token of this person's own, of all or of some of their scopes."""
        asked = {"note": "test"} | ({} if scopes is None else {"scopes": scopes})
        reply = self.ask(f"/hub/api/users/{self.name}/tokens", asked)
        assert reply.status == 201, reply
        return str(reply.json()["token"])

    def start_server(self) -> None:
        """Start the server, and wait until it is there."""
        self.token = self.make_token()
        assert self.ask(f"/hub/api/users/{self.name}/server", {}).status in (201, 202)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.ask(f"/hub/api/users/{self.name}", token=self.token).json()["server"]:
                return
            time.sleep(0.3)
        raise RuntimeError(f"{self.name}'s server does not start:\n{self.hub.log.read_text()[-4000:]}")

    def run_notebook(self, name: str, cells: list[str]) -> list[str]:
        """Save a notebook in this person's server and run its cells there; answers what they print."""
        at = f"/user/{self.name}/api"
        code = [
            {"cell_type": "code", "source": one, "metadata": {}, "outputs": [], "execution_count": None,
             "id": uuid.uuid4().hex[:8]}
            for one in cells
        ]  # fmt: skip
        notebook = {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        saved = self.ask(
            f"{at}/contents/{name}", {"type": "notebook", "content": notebook}, method="PUT", token=self.token
        )
        assert saved.status == 201, saved
        stored = self.ask(f"{at}/contents/{name}", token=self.token).json()["content"]["cells"]
        kernel = self.ask(f"{at}/kernels", {"name": "python3", "path": name}, token=self.token).json()["id"]
        try:
            return asyncio.run(self._execute(kernel, [cell["source"] for cell in stored]))
        finally:
            self.ask(f"{at}/kernels/{kernel}", method="DELETE", token=self.token)

    async def _execute(self, kernel: str, sources: list[str]) -> list[str]:
        address = f"ws://127.0.0.1:{self.hub.port}/user/{self.name}/api/kernels/{kernel}/channels"
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(address, headers=headers, connect_timeout=PATIENCE, request_timeout=PATIENCE)
        channel = await websocket_connect(request, max_message_size=64 * 2**20)
        printed = []
        for source in sources:
            header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "test",
                      "username": "", "version": "5.3"}  # fmt: skip
            content = {"code": source, "silent": False, "store_history": True, "user_expressions": {},
                       "allow_stdin": False, "stop_on_error": True}  # fmt: skip
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                       "channel": "shell", "buffers": []}  # fmt: skip
            await channel.write_message(json.dumps(message))
            printed.append(await asyncio.wait_for(_output(channel, header["msg_id"]), PATIENCE))
        channel.close()
        return printed

    def _xsrf(self, path: str) -> str:
        """The token against forged requests that belongs to a path."""
        found = [one for one in self.cookies if one.name == "_xsrf" and path.startswith(one.path.rstrip("/"))]
        return str(max(found, key=lambda one: len(one.path)).value) if found else ""


async def _output(channel: Any, asked: str) -> str:
    """What a cell printed, until the kernel is idle again."""
    printed, replied, idle = [], False, False
    while not (replied and idle):
        message = json.loads(await channel.read_message())
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            printed.append(content["text"])
        elif kind == "error":
            printed.append(f"{content['ename']}: {content['evalue']}")
        elif kind == "execute_reply":
            replied = True
        elif kind == "status":
            idle = content["execution_state"] == "idle"
    return "".join(printed)
