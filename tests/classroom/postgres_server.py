"""PostgreSQL on loopback in a folder of its own: started, killed, restarted and removed by tests."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.ports import free_port

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# How long a busy machine may take to start it, in seconds.
PATIENCE = 600


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    if INSTALLED:
        return INSTALLED[-1]
    found = shutil.which("pg_isready")
    return Path(found).resolve().parent if found else None


class PostgresServer:
    """A server with a folder and a port of its own.

    PostgreSQL refuses to run as root; it then runs as the user that its package made.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._as: dict[str, object] = {"user": "postgres"} if os.getuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="u3edu-postgres-"))
        if self._as:
            shutil.chown(self.folder, "postgres")
        self.port = free_port()
        self._made = 0
        self._server: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "u3edu", "-A", "trust", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            str(self._programs / "postgres"),
            *("-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)),
            *("-c", "listen_addresses=127.0.0.1"),
        ]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as,  # type: ignore[call-overload]
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), check=False) == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL does not start; see {self.folder}.log")

    def restart(self, *, at_once: bool = True) -> None:
        """End it, by default without letting anybody finish, and start it again."""
        self._end(at_once)
        self.start()

    def address(self) -> str:
        """The address of a fresh, empty database."""
        self._made += 1
        name = f"classroom{self._made}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "u3edu", name)
        return f"postgresql+psycopg://u3edu@127.0.0.1:{self.port}/{name}"

    def close(self) -> None:
        """End it and remove its folder."""
        self._end(at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder.parent / f"{self.folder.name}.log").unlink(missing_ok=True)

    def _end(self, at_once: bool) -> None:
        assert self._server is not None
        # PostgreSQL's own signals: QUIT ends without a checkpoint, INT lets nobody wait but tidies up.
        self._server.send_signal(3 if at_once else 2)
        self._server.wait(60)

    def _run(self, program: str, *words: str, check: bool = True) -> int:
        done = subprocess.run(
            [str(self._programs / program), *words],
            capture_output=True,
            cwd="/",
            **self._as,  # type: ignore[call-overload]
        )
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()}")
        return done.returncode
