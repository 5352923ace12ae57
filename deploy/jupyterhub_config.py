"""JupyterHub for a class on one server: `jupyterhub -f deploy/jupyterhub_config.py`.

Users are those of the machine (PAM); to try it without any, see docs/operating.md.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
load_subconfig("u3edu_hub.py", path=str(Path(__file__).parent))  # noqa: F821

state = Path(os.environ.get("U3EDU_STATE", "/srv/u3edu/hub"))
state.mkdir(parents=True, exist_ok=True)
state.chmod(0o700)  # tokens and the key of the cookies are in it
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "jupyterhub_cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "jupyterhub-proxy.pid")

# Plain HTTP for this machine alone: a reverse proxy with the hospital's certificate stands before it.
c.JupyterHub.bind_url = os.environ.get("U3EDU_HUB_BIND", "http://127.0.0.1:8000")
# A restart of the Hub leaves trainees' servers running. The proxy is asked with the token of
# CONFIGPROXY_AUTH_TOKEN, which is the same after the restart.
c.JupyterHub.cleanup_servers = False

# Who is in the Unix group u3edu may log in; who is in u3edu-admins may look after the Hub.
c.LocalAuthenticator.allowed_groups = {"u3edu"}
c.LocalAuthenticator.admin_groups = {"u3edu-admins"}

# A class arrives all at once.
c.JupyterHub.concurrent_spawn_limit = 20
c.Spawner.start_timeout = c.Spawner.http_timeout = 120

# Servers that nobody used for an hour are ended; the edits in them are on disk.
c.JupyterHub.services.append(
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
)
c.JupyterHub.load_roles.append(
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
)
