"""Whether the classroom service answers, and whether its database fits this u3edu."""

import os
from collections.abc import Iterator
from pathlib import Path

from u3edu.doctor.finding import Finding, mind, ok, wrong
from u3edu.doctor.hub import hub_token, missing_scopes
from u3edu.doctor.web import ask, reaching

VARIABLE = "U3EDU_CLASSROOM_URL"
DATABASE = "U3EDU_CLASSROOM_DATABASE"


def classroom_url() -> str:
    """The service as this server knows it; empty where there is none."""
    return os.environ.get(VARIABLE, "").rstrip("/")


def check_classroom() -> Iterator[Finding]:
    """The service's health, and that it takes this server's token."""
    url = classroom_url()
    if not url:
        yield ok("classroom", f"{VARIABLE} is not set: quizzes are opened from folders")
        return
    health = ask(f"{url}/health")
    if health.status != 200:
        yield wrong(
            "classroom",
            f"{url}: {health.said}",
            reaching(
                url,
                "look at the service's log and its database"
                if health.status
                else f"see whether the service runs, and whether {VARIABLE} is right",
            ),
        )
        return
    if not hub_token():
        yield mind(
            "classroom",
            f"{url} answers, but without JUPYTERHUB_API_TOKEN nobody is known there",
            f"run this in a server of JupyterHub, or unset {VARIABLE}",
        )
        return
    listed = ask(f"{url}/api/quizzes", hub_token())
    if listed.status == 200:
        yield ok("classroom", f"{url} answers and takes this server's token")
    elif listed.status == 403 and missing_scopes():
        yield mind("classroom", f"{url} answers, and refuses this server's token", "see the token's line")
    else:
        yield wrong(
            "classroom",
            f"{url} is there, but refuses this server's token ({listed.said})",
            "see the token's line; where that is in order, the service runs under another name "
            "or with another Hub",
        )


def check_database() -> Iterator[Finding]:
    """The version of the tables, where this machine runs the service."""
    address = os.environ.get(DATABASE, "")
    if not address:
        return
    from sqlalchemy.exc import SQLAlchemyError

    from u3edu.classroom.database import connect, newest, version
    from u3edu.classroom.errors import ClassroomProblem

    made_later = "the service makes them when it starts: u3edu classroom serve"
    try:
        engine = connect(address)
        file = engine.url.database or ""
        if engine.dialect.name == "sqlite" and not Path(file).exists():
            # Opening it would make it, as a file of whoever runs this.
            yield mind("database", f"{file} is not there yet", made_later)
            return
        found = version(engine)
        engine.dispose()
    except ClassroomProblem as error:
        text, _, advice = str(error).partition("; ")
        yield wrong("database", text, advice)
        return
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield wrong(
            "database",
            f"it cannot be opened ({cause})",
            f"see whether the database runs, and whether {DATABASE} names it, its user and its password",
        )
        return
    if found is None:
        yield mind("database", "it has no tables yet", made_later)
    elif found != newest():
        yield wrong(
            "database",
            f"its tables are of version {found}, and this u3edu needs {newest()}",
            "run: u3edu classroom backup FILE, then u3edu classroom migrate",
        )
    else:
        yield ok("database", f"its tables are of version {found}")
