"""Whether JupyterHub answers, and what the token of this server lets it do."""

import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from u3edu.doctor.finding import Finding, mind, ok, wrong
from u3edu.doctor.web import Answer, ask, reaching

SERVICE = "u3edu"
SUBMIT, GRADE = "custom:u3edu:submit", "custom:u3edu:grade"
# Either of them lets a token reach the service.
ACCESS = {"access:services", f"access:services!service={SERVICE}"}
CONFIG = "docs/operating.md, “Scopes and roles”"


def hub_url() -> str:
    """JupyterHub's API as this server knows it; empty outside JupyterHub."""
    return os.environ.get("JUPYTERHUB_API_URL", "").rstrip("/")


def hub_token() -> str:
    """The token that JupyterHub gave to this server."""
    return os.environ.get("JUPYTERHUB_API_TOKEN", "")


def check_hub() -> Iterator[Finding]:
    """The Hub itself, and its version beside the one of this server."""
    if not hub_url():
        yield ok("JupyterHub", "not in a server of JupyterHub; results stay on this machine")
        return
    answer = ask(f"{hub_url()}/")
    if answer.status != 200 or not isinstance(answer.content, dict):
        yield wrong(
            "JupyterHub",
            f"{hub_url()}: {answer.said}",
            reaching(hub_url(), "see whether the Hub runs and a network policy lets this server reach it"),
        )
        return
    theirs = str(answer.content.get("version", ""))
    try:
        ours = version("jupyterhub")
    except PackageNotFoundError:
        yield wrong(
            "JupyterHub",
            f"the Hub is {theirs}, and this server has no jupyterhub package",
            f"run: pip install jupyterhub=={theirs}",
        )
        return
    if theirs.split(".")[0] != ours.split(".")[0]:
        yield mind(
            "JupyterHub",
            f"the Hub is {theirs}, this server's package {ours}",
            f"install the same in both: pip install jupyterhub=={theirs}",
        )
    else:
        yield ok("JupyterHub", f"{theirs} answers at {hub_url()}")


def check_token() -> Iterator[Finding]:
    """Whose token this is, and whether it may answer quizzes."""
    if not hub_url():
        return
    answer = ask(f"{hub_url()}/user", hub_token())
    if not answer.status:
        return  # the check before this one said so
    if answer.status != 200 or not isinstance(answer.content, dict):
        yield wrong(
            "token",
            f"the Hub does not know the token of this server (it answers {answer.status})",
            "stop and start your server; where that does not help, tell the operator",
        )
        return
    who, missing = answer.content.get("name", ""), _missing(answer)
    if missing:
        yield wrong(
            "token",
            f"the token of {who} lacks the scope {' and '.join(missing)}: answers would be refused",
            f"add it to the user's role and to c.Spawner.server_token_scopes ({CONFIG}); then restart "
            "the Hub and this server",
        )
    else:
        role = "an instructor" if GRADE in answer.content["scopes"] else "a trainee"
        yield ok("token", f"{who} may answer quizzes, as {role}")


def missing_scopes() -> list[str]:
    """What this server's token lacks to answer quizzes; nothing where the Hub is away."""
    return _missing(ask(f"{hub_url()}/user", hub_token())) if hub_url() else []


def _missing(answer: Answer) -> list[str]:
    """The scopes that the owner of a token lacks, by what the Hub says of the token."""
    if not isinstance(answer.content, dict) or "scopes" not in answer.content:
        return []
    scopes = set(answer.content["scopes"])
    missing = [] if scopes & ACCESS else [f"access:services!service={SERVICE}"]
    return missing if SUBMIT in scopes else [*missing, SUBMIT]
