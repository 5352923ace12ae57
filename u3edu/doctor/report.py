"""The findings as lines for people and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence

from u3edu.doctor.finding import Finding, Level

LEVEL_WIDTH, SUBJECT_WIDTH = 7, 25


def line(finding: Finding) -> str:
    """What was found, and below it what to do."""
    text = f"{finding.level:<{LEVEL_WIDTH}}{finding.subject:<{SUBJECT_WIDTH}}{_printable(finding.text)}"
    if not finding.advice:
        return text
    return f"{text}\n{' ' * (LEVEL_WIDTH + SUBJECT_WIDTH)}→ {_printable(finding.advice)}"


def summary(findings: Sequence[Finding]) -> str:
    """How many of each level, in one line."""
    count = {level: sum(finding.level is level for finding in findings) for level in Level}
    text = f"{count[Level.OK]} ok, {count[Level.MIND]} to mind, {count[Level.WRONG]} wrong"
    return f"{text}: nothing stands in the way" if not count[Level.WRONG] else text


def as_json(findings: Iterable[Finding], version: str) -> str:
    """Version and findings; ``wrong`` tells how many must be mended."""
    listed = list(findings)
    content = {
        "u3edu": version,
        "wrong": sum(finding.level is Level.WRONG for finding in listed),
        "findings": [
            {"level": one.level, "subject": one.subject, "text": one.text, "advice": one.advice}
            for one in listed
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _printable(text: str) -> str:
    """One line, whatever a server or a file put into it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
