"""JupyterHub on loopback with deploy/jupyterhub_config.py, started as the operator's guide tries it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.classroom.real_hub import PASSWORD, PATIENCE, ROOT, RealHub
from tests.ports import free_port

CONFIG = ROOT / "deploy" / "jupyterhub_config.py"


class DeployedHub(RealHub):
    """The Hub of the guide; users are whoever knows the password, grace is an instructor."""

    def __init__(self, folder: Path, proxy: str, engine_url: str = "") -> None:
        self.port, self.folder = free_port(), folder
        self.log = folder / "hub.log"
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "U3EDU_STATE": str(folder / "state"),
            "U3EDU_COURSE": str(ROOT),
            "U3EDU_HUB_BIND": self.address,
            "U3EDU_INSTRUCTORS": "grace",
            "U3EDU_CLASSROOM_DATABASE": f"sqlite:///{folder / 'classroom.sqlite'}",
            "U3EDU_CLASSROOM_SERVICE": f"http://127.0.0.1:{free_port()}",
        }
        if engine_url:
            environment["U3EDU_ENGINE_URL"] = engine_url
        options = {
            "JupyterHub.hub_port": free_port(),
            "JupyterHub.authenticator_class": "shared-password",
            "SharedPasswordAuthenticator.user_password": PASSWORD,
            "SharedPasswordAuthenticator.allow_all": True,
            "JupyterHub.spawner_class": "simple",
            "SimpleLocalProcessSpawner.home_dir_template": folder / "homes" / "{username}",
            "Spawner.args": ["--allow-root"],
            "Spawner.start_timeout": PATIENCE,
            "Spawner.http_timeout": PATIENCE,
            "ConfigurableHTTPProxy.command": proxy,
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{free_port()}",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
                + [f"--{name}={value}" for name, value in options.items()],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if not name.startswith("U3EDU_")}
                | environment,
            )
