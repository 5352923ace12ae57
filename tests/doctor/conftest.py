"""An installation in order, and what the doctor says of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.doctor.stand_in_servers import StandInServers
from u3edu.cli import app


@dataclass(frozen=True)
class Report:
    """What `u3edu doctor --json` said, and its exit status."""

    status: int
    findings: list[dict[str, str]]

    def of(self, level: str) -> dict[str, dict[str, str]]:
        """Findings of a level by their subject."""
        return {one["subject"]: one for one in self.findings if one["level"] == level}


Examine = Callable[..., Report]


def report(status: int, output: str) -> Report:
    """Read what was printed."""
    return Report(status, json.loads(output)["findings"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for user data and for Jupyter's settings, outside of any Hub."""
    for name in list(os.environ):
        if name.startswith(("JUPYTER", "U3EDU_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for variable, folder in (
        ("XDG_DATA_HOME", "share"),
        ("XDG_CACHE_HOME", "cache"),
        ("JUPYTER_CONFIG_DIR", "config"),
        ("JUPYTER_DATA_DIR", "data"),
    ):
        monkeypatch.setenv(variable, str(tmp_path / "home" / folder))
    # As in a container, where the environment belongs to somebody else than the user.
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    return tmp_path / "home"


@pytest.fixture
def examine(home: Path) -> Examine:
    """Run the doctor; with `instead`, in a process that imports from that folder first."""

    def run(instead: Path | None = None) -> Report:
        if instead is None:
            result = CliRunner().invoke(app, ["doctor", "--json"], catch_exceptions=False)
            return report(result.exit_code, result.stdout)
        command = [sys.executable, "-m", "u3edu", "doctor", "--json"]
        environment = {**os.environ, "PYTHONPATH": str(instead)}
        ended = subprocess.run(command, env=environment, cwd=home.parent, capture_output=True, text=True)
        return report(ended.returncode, ended.stdout)

    return run


@pytest.fixture
def servers(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInServers]:
    """Hub, classroom and engine in order, and the environment that a server of the Hub has."""
    with StandInServers() as stand_ins:
        for name, value in stand_ins.environment().items():
            monkeypatch.setenv(name, value)
        yield stand_ins
