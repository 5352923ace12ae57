"""Whether the shared engine answers, takes this server's token, and has the weights of this u3edu."""

import os
from collections.abc import Iterator

from u3edu.doctor.finding import Finding, ok, wrong
from u3edu.doctor.hub import hub_token
from u3edu.doctor.web import ask, reaching
from u3edu.doctor.weights import EXPECTED, shipped_hash

OTHER_WEIGHTS = 409
VARIABLE, TOKEN = "U3EDU_ENGINE_URL", "U3EDU_ENGINE_TOKEN"
OWN = "until then each kernel draws its pictures itself"


def check_shared_engine() -> Iterator[Finding]:
    """Its health, the token, and the hash of the weights of each model."""
    url = os.environ.get(VARIABLE, "").rstrip("/")
    if not url:
        yield ok("shared engine", f"{VARIABLE} is not set: each kernel draws its pictures itself")
        return
    health = ask(f"{url}/health")
    if health.status != 200:
        yield wrong(
            "shared engine",
            f"{url}: {health.said}; {OWN}",
            reaching(url, f"see whether the engine runs, and whether {VARIABLE} is right"),
        )
        return
    token = os.environ.get(TOKEN, "") or hub_token()
    answers = {name: ask(f"{url}/v1/models/{shipped_hash(name)}", token) for name in EXPECTED}
    statuses = {answer.status for answer in answers.values()}
    if 401 in statuses:
        yield wrong(
            "shared engine",
            f"{url} refuses this server's token; {OWN}",
            f"give engine and servers the same {TOKEN}, or the engine the key hub_api_url",
        )
        return
    others = [name for name, answer in answers.items() if answer.status == OTHER_WEIGHTS]
    if others:
        yield wrong(
            "shared engine",
            f"{url} has no weights of {' and '.join(others)} like those of this server; {OWN}",
            "install the same version of u3edu for the engine and in the course image, and see that its "
            "config names the model (docs/shared-engine.md)",
        )
    elif statuses != {200}:
        said = next(answer.said for answer in answers.values() if answer.status != 200)
        yield wrong(
            "shared engine",
            f"{url} does not tell of its models ({said}); {OWN}",
            "look at the engine's log; if it has just started, try again in a minute",
        )
    else:
        yield ok("shared engine", f"{url} answers, and has the weights of this u3edu")
