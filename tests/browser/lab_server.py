"""A real JupyterLab on loopback, with settings of its own, for as long as a test needs it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.ports import free_port

STARTUP_SECONDS = 120


class LabServer:
    """JupyterLab over one folder of notebooks; use it in a ``with`` statement.

    Nothing of the user's own Jupyter is read or written, and the server ends its kernels when
    the block ends.

    Parameters
    ----------
    notebooks : pathlib.Path
        The folder to serve; notebooks are saved there.
    home : pathlib.Path
        An empty folder for settings, workspaces and run-time files.
    python_path : list of pathlib.Path
        Folders from which the kernels can import.
    base_url : str
        Where the server's pages begin; a hub gives each user a server under ``/user/NAME/``.
    """

    def __init__(self, notebooks: Path, home: Path, python_path: list[Path], base_url: str = "/") -> None:
        self._base_url = base_url
        self.notebooks = notebooks
        self.home = home
        self._python_path = python_path

    def __enter__(self) -> "LabServer":
        self._answer_news_question()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}{self._base_url}".rstrip("/")
        self._log = (self.home / "server.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *self._options(port)],
            env=self._environment(),
            cwd=self.notebooks,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # The server shuts its kernels down when it is asked to end; it is given time for that.
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def address(self, notebook: str) -> str:
        """Where the browser finds a notebook."""
        return f"{self.url}/lab/tree/{notebook}"

    def _answer_news_question(self) -> None:
        """JupyterLab asks once whether to fetch news; the question would lie over the notebook."""
        settings = self.home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')

    def _options(self, port: int) -> list[str]:
        return [
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.base_url={self._base_url}",
            f"--ServerApp.root_dir={self.notebooks}",
            "--IdentityProvider.token=",
            "--ServerApp.allow_origin=*",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            f"--LabApp.workspaces_dir={self.home / 'workspaces'}",
            f"--LabApp.user_settings_dir={self.home / 'settings'}",
        ]

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTER_DATA_DIR": "data",
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        for name, folder in folders.items():
            (self.home / folder).mkdir(parents=True, exist_ok=True)
            environment[name] = str(self.home / folder)
        inherited = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
        environment["PYTHONPATH"] = os.pathsep.join([*map(str, self._python_path), *inherited])
        environment["IPYTHONDIR"] = str(self.home / "ipython")
        # The sample series, never somebody's own data.
        environment.pop("U3EDU_DATA", None)
        # Answers beside the notebook, as a trainee has them.
        environment.pop("U3EDU_ANSWERS", None)
        return environment

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/api/status", timeout=2) as answer:
                    json.load(answer)
                    return
            except OSError:
                time.sleep(0.2)
        log = (self.home / "server.log").read_text()[-3000:]
        raise RuntimeError(f"JupyterLab did not start within {STARTUP_SECONDS} s:\n{log}")
