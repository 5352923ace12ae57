"""A Reading: one marked answer, the row that all statistics start from; to and from CSV."""

import csv
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from u3edu.problems import in_words
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.keys import Fault

REAL_OR_SYNTHETIC, RATE_ABC = "real_or_synthetic", "rate_abc"
Kind = Literal["real_or_synthetic", "rate_abc", "stage_it", "what_changed", "paint_it"]
REQUIRED = ("who", "item", "kind", "dataset", "answer")


class Reading(BaseModel):
    """One answer with its mark.

    Parameters
    ----------
    who, item : str
    kind : str
        The kind of the item.
    dataset : str
        What tables group by, for example ``"pelvic MRI"``.
    answer : str
        ``"real"`` or ``"synthetic"``, ``"A"``, ``"B"`` or ``"C"``, the words of a choice; empty
        where the time was over.
    source : str
        Where the picture came from; needed for `real_or_synthetic` and `rate_abc`.
    fault : str
        What was made wrong on purpose, for `rate_abc`.
    score : float
        0 to 1; follows from the answer where it is left out and can.
    seconds : float, optional
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    who: Annotated[str, Field(min_length=1)]
    item: Annotated[str, Field(min_length=1)]
    kind: Kind
    dataset: Annotated[str, Field(min_length=1)]
    answer: str
    source: Literal["real", "synthetic", ""] = ""
    fault: Fault = "none"
    score: Annotated[float, Field(ge=0, le=1)]
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is wholly right."""
        return self.score == 1

    @property
    def expected(self) -> str:
        """The right answer, where it follows from how the item was made; else empty."""
        if self.kind == REAL_OR_SYNTHETIC:
            return self.source
        if self.kind == RATE_ABC:
            return "A" if self.fault == "none" else "C" if self.fault == "unnatural" else "B"
        return ""

    @model_validator(mode="before")
    @classmethod
    def _score_follows(cls, row: Any) -> Any:
        """Fill in what an exported table need not say: empty cells, and the score of the two reader tests."""
        row = {
            name: value for name, value in dict(row).items() if name == "answer" or value not in ("", None)
        }
        kind, answer = row.get("kind"), row.get("answer")
        wanted = {REAL_OR_SYNTHETIC: ("real", "synthetic"), RATE_ABC: ("A", "B", "C")}.get(str(kind))
        if wanted is None:
            return row
        if "source" not in row:
            raise ValueError(f"source: a row of {kind} says real or synthetic")
        if answer not in (*wanted, ""):
            raise ValueError(f"answer: {answer!r} is none of {', '.join(wanted)}")
        if kind == REAL_OR_SYNTHETIC:
            row["score"] = float(answer == row["source"])
        else:
            fault = row.get("fault", "none")
            expected = "A" if fault == "none" else "C" if fault == "unnatural" else "B"
            row["score"] = float(answer == expected)
        return row


def read_csv(path: str | PathLike[str]) -> tuple[Reading, ...]:
    """Read a table of marked answers.

    Parameters
    ----------
    path : path-like
        CSV in UTF-8 with a first line of column names; `REQUIRED` must be there, ``source`` for
        the two reader tests, ``score`` for all other kinds. Other columns are left alone.

    Raises
    ------
    InvalidQuiz
        If a column is missing or a row is wrong; the message names the line.
    OSError
        If the file cannot be read.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
            if missing:
                raise InvalidQuiz(
                    f"{path}: no column {', '.join(missing)}; a table of answers has {', '.join(REQUIRED)}"
                )
            readings = []
            for row in table:
                try:
                    readings.append(Reading.model_validate({k: v for k, v in row.items() if k is not None}))
                except ValidationError as error:
                    raise InvalidQuiz(f"{path}, line {table.line_num}: {in_words(error)}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidQuiz(f"{path}: no CSV in UTF-8 ({error})") from error
    if not readings:
        raise InvalidQuiz(f"{path}: no answers in it")
    twice = _twice(readings)
    if twice:
        raise InvalidQuiz(f"{path}: {twice.who} answers item {twice.item} twice; one answer of each counts")
    return tuple(readings)


def write_csv(readings: Iterable[Reading], path: str | PathLike[str]) -> None:
    """Write a table that `read_csv` reads.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [*Reading.model_fields, "expected"])
        table.writeheader()
        for one in readings:
            table.writerow(one.model_dump() | {"expected": one.expected})


def _twice(readings: Iterable[Reading]) -> Reading | None:
    """The first second answer of one person to one item."""
    seen = set()
    for one in readings:
        if (one.who, one.item) in seen:
            return one
        seen.add((one.who, one.item))
    return None
