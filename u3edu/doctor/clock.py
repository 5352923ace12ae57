"""Whether this machine's clock agrees with those that it talks to."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

from u3edu.doctor.classroom import classroom_url
from u3edu.doctor.finding import Finding, ok, wrong
from u3edu.doctor.hub import hub_url
from u3edu.doctor.web import ask

# Tokens and the times of answers bear a minute; a machine that keeps time is right to a second.
MOST_SECONDS = 60
DAY = 86400
ADVICE = "set the clock and keep it: timedatectl set-ntp true"


def check_clock() -> Iterator[Finding]:
    """This clock against the Hub's or the classroom's, or else against the newest file of u3edu."""
    for url in (hub_url(), f"{classroom_url()}/health" if classroom_url() else ""):
        said = ask(url).headers.get("Date") if url else None
        if said:
            ahead = time.time() - parsedate_to_datetime(said).timestamp()
            if abs(ahead) > MOST_SECONDS:
                side = "ahead of" if ahead > 0 else "behind"
                yield wrong("clock", f"{abs(ahead):,.0f} s {side} the server's", ADVICE)
            else:
                yield ok("clock", "agrees with the server's")
            return
    newest = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    if time.time() < newest - DAY:
        yield wrong("clock", "it shows a day before u3edu was installed", ADVICE)
    else:
        yield ok("clock", time.strftime("%d %B %Y, %H:%M %Z; not compared with a server"))
