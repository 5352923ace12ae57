"""Answers on their way: on the disk before they are sent, and until the classroom has them."""

import hashlib
import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import ValidationError

from u3edu.classroom.messages import Submission


def default_folder() -> Path:
    """Where unsent answers are kept: in the user's data folder."""
    return user_data_path("u3edu") / "unsent"


class Outbox:
    """Unsent answers of one trainee to one quiz, a file each.

    Parameters
    ----------
    folder : pathlib.Path
        Of all outboxes.
    address : str
        Of the classroom.
    who, quiz : str
    """

    def __init__(self, folder: Path, address: str, who: str, quiz: str) -> None:
        whose = hashlib.sha256(f"{address}\0{who}".encode()).hexdigest()[:16]
        self._folder = folder / whose / quiz

    def put(self, given: Submission) -> Path:
        """Keep an answer; it is on the disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(given)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(given.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return path

    def waiting(self) -> tuple[Submission, ...]:
        """What has not been sent, the oldest first; files that are none are left alone."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                found.append(Submission.model_validate_json(path.read_bytes()))
            except (ValidationError, OSError):
                continue
        return tuple(sorted(found, key=lambda one: one.given_at))

    def delivered(self, given: Submission) -> None:
        """The classroom has it."""
        self._path(given).unlink(missing_ok=True)

    def refused(self, given: Submission) -> Path:
        """The classroom has something else in its place: keep it aside, and never send it again."""
        aside = self._folder / "refused"
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._path(given).replace(aside / f"{given.id}.json")

    def _path(self, given: Submission) -> Path:
        return self._folder / f"{given.id}.json"
