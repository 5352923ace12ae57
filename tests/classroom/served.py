"""The classroom as a process of its own: `u3edu classroom serve`, started, killed and started again."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.classroom.hub_stand_in import HubStandIn
from tests.ports import free_port

PREFIX = "/services/u3edu/"
# How long a busy machine may take to start it, in seconds.
PATIENCE = 600


class Served:
    """The service with a database, beside a Hub."""

    def __init__(self, hub: HubStandIn, database: str, log: Path) -> None:
        self.port = free_port()
        self._log = log
        self._environment = os.environ | {
            "U3EDU_CLASSROOM_DATABASE": database,
            "JUPYTERHUB_API_TOKEN": "token-of-the-service",
            "JUPYTERHUB_API_URL": hub.address,
            "JUPYTERHUB_CLIENT_ID": "service-u3edu",
            "JUPYTERHUB_SERVICE_NAME": "u3edu",
            "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port}",
            "JUPYTERHUB_BASE_URL": "/",
        }
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "u3edu", "classroom", "serve"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}health", timeout=60):
                    return
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(f"the service does not start: {self._log.read_text()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """End it as JupyterHub does."""
        self._process.terminate()
        return self._process.wait(30)

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
