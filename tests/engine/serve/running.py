"""`u3edu engine serve` in a process group of its own, for tests and benchmarks."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.ports import free_port

# Ray takes about half a minute to start on a machine that is busy with other work.
PATIENCE = 300


@dataclass
class Service:
    """A shared engine that can be started, killed, and started again at the same port.

    Parameters
    ----------
    folder : Path
        For its config and its log.
    settings : dict
        The `args` of its application.
    """

    folder: Path
    settings: dict[str, object]
    port: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "service.log"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        config = self.folder / "ray-serve.yaml"
        application = {"import_path": "u3edu.engine.serve.application:build", "args": self.settings}
        http = {"host": "127.0.0.1", "port": self.port}
        content = {"proxy_location": "HeadOnly", "http_options": http, "applications": [application]}
        config.write_text(yaml.safe_dump(content), "utf-8")
        # Ray's own token would be written to the home folder; what a test makes is its own.
        secret = {"U3EDU_ENGINE_TOKEN": self.token, "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        command = [sys.executable, "-m", "u3edu", "engine", "serve", "--config", str(config), "--cpus", "2"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | secret,
                process_group=0,
            )
        until = time.monotonic() + PATIENCE
        while "listens at" not in self.log.read_text("utf-8", "replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"the service did not start:\n{self.log.read_text('utf-8', 'replace')}")
            time.sleep(0.2)

    def stop(self) -> int:
        """Ask it to end, and wait; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        finally:
            self.kill()

    def kill(self) -> None:
        """Kill it at once, and wait until Ray's processes have followed and nobody listens any more."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(ConnectionError):
            while True:
                socket.create_connection(("127.0.0.1", self.port)).close()
                time.sleep(0.2)
