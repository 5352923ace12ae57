"""JupyterHub's side of a class: scopes, roles, and the classroom service.

The same file everywhere: deploy/jupyterhub_config.py loads it, The Littlest JupyterHub and Zero to
JupyterHub find it in their folder jupyterhub_config.d. What differs from place to place is said by
variables of the Hub's environment; docs/operating.md lists them.
"""

import os
import shutil
import sys
from pathlib import Path

import jupyterhub

c = get_config()  # noqa: F821

SERVICE = "u3edu"
ACCESS = f"access:services!service={SERVICE}"
SUBMIT, GRADE = "custom:u3edu:submit", "custom:u3edu:grade"

c.JupyterHub.custom_scopes.update(
    {
        SUBMIT: {"description": "Answer quizzes of the classroom"},
        GRADE: {"description": "Publish quizzes, see the class, export and re-grade"},
    }
)
c.JupyterHub.load_roles.extend(
    [
        # Whoever may log in is a trainee; the group makes an instructor.
        {"name": "user", "scopes": ["self", ACCESS, SUBMIT]},
        {"name": "instructor", "groups": ["instructors"], "scopes": [ACCESS, SUBMIT, GRADE]},
    ]
)
instructors = [name.strip() for name in os.environ.get("U3EDU_INSTRUCTORS", "").split(",") if name.strip()]
if instructors:  # else the group is filled in the Hub's admin page, or by the hospital's log-in
    c.JupyterHub.load_groups.update({"instructors": {"users": instructors}})
# The token of a server is what its notebooks show the classroom. It never lets a server do more
# than its user may.
c.Spawner.server_token_scopes = ["users:activity!user", "access:servers!server", ACCESS, SUBMIT, GRADE]

# Every server opens where the workbook begins; `start` puts it there.
c.Spawner.default_url = "/lab/tree/workbook/00_start_here.ipynb"

service = {
    "name": SERVICE,
    "url": os.environ.get("U3EDU_CLASSROOM_SERVICE", "http://127.0.0.1:10101"),
    "oauth_client_allowed_scopes": [SUBMIT, GRADE],
    "oauth_no_confirm": True,  # it belongs to the Hub; nobody needs to be asked whether it may know them
}
if jupyterhub.version_info >= (6,):
    # A Hub whose service is not up by then ends; a busy machine takes longer than the usual 30 s.
    service["timeout"] = 180
if os.environ.get("U3EDU_CLASSROOM_TOKEN"):
    # The service runs elsewhere, on Kubernetes in a pod of its own, and shares this token with the Hub.
    service["api_token"] = os.environ["U3EDU_CLASSROOM_TOKEN"]
else:
    # The Hub starts the service on its own machine, and users' servers run there too.
    course = Path(os.environ.get("U3EDU_COURSE", "/opt/u3edu"))
    places = [str(Path(sys.executable).parent), str(course / ".venv/bin"), "/opt/tljh/user/bin"]
    command = shutil.which("u3edu", path=os.pathsep.join(places))
    if command is None:
        raise FileNotFoundError(f"the command u3edu is in none of {', '.join(places)}; install u3edu there")
    service["command"] = [command, "classroom", "serve"]
    names = ("U3EDU_CLASSROOM_DATABASE", "PATH")
    service["environment"] = {name: os.environ[name] for name in names if name in os.environ}
    if os.environ.get("U3EDU_CLASSROOM_USER"):
        service["user"] = os.environ["U3EDU_CLASSROOM_USER"]  # answer books are that user's, not root's
    c.Spawner.cmd = [str(course / "start"), "jupyterhub-singleuser"]
    # Past the proxy, whose certificate is for the name that browsers know.
    c.Spawner.environment.update(
        {
            "U3EDU_CLASSROOM_URL": f"{service['url']}/services/{SERVICE}/",
            "U3EDU_COURSE": str(course),
        }
    )
    if os.environ.get("U3EDU_ENGINE_URL"):
        c.Spawner.environment.update({"U3EDU_ENGINE_URL": os.environ["U3EDU_ENGINE_URL"]})
c.JupyterHub.services.append(service)
