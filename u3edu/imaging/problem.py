"""What can be wrong with a file or a folder of pictures, said so that a person can act on it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """A file that could not be used.

    Parameters
    ----------
    path : Path
        The file (or folder) as it was named by the caller.
    reason : str
        What is wrong and, where something can be done, what to do.
    """

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class UnreadableSlice(ValueError):
    """A file is not a picture that can be read; the message names the file and the reason.

    Attributes
    ----------
    problem : Problem
        The file and the reason.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.problem = Problem(path, reason)
        super().__init__(str(self.problem))


class UnreadableSeries(ValueError):
    """A folder does not hold the one series that was asked for; the message says what it holds."""


class UnreadableFileWarning(UserWarning):
    """Files of a folder were left out; the message names each with its reason."""


class NoVolume(ValueError):
    """The slices of a series make no volume; the message says why."""
