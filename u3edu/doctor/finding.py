"""What a check found: in order, worth minding, or wrong, in one line, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    MIND = "mind"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Parameters
    ----------
    level : Level
        MIND is for what works, but less well or not everywhere; WRONG for what will fail.
    subject : str
        What was looked at, in a word or two.
    text : str
        What was found.
    advice : str
        What to do; empty where all is in order.
    """

    level: Level
    subject: str
    text: str
    advice: str = ""


def ok(subject: str, text: str) -> Finding:
    """All is in order."""
    return Finding(Level.OK, subject, text)


def mind(subject: str, text: str, advice: str) -> Finding:
    """It works, but there is something to know."""
    return Finding(Level.MIND, subject, text, advice)


def wrong(subject: str, text: str, advice: str) -> Finding:
    """It will not work as it is."""
    return Finding(Level.WRONG, subject, text, advice)
