"""What a case's folder says: ``case.yaml``, ``answers.yaml``, and the record of an older version."""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from u3edu.cases.base import DicomBase
from u3edu.cases.bundle import read_bytes
from u3edu.cases.problem import InvalidCase
from u3edu.cases.question import Answers
from u3edu.cases.schema import Case, CaseModel
from u3edu.cases.yaml_text import MOST_BYTES, load_yaml

_T = TypeVar("_T", bound=BaseModel)

CASE_FILE, ANSWERS_FILE, FIRST_RECORD = "case.yaml", "answers.yaml", "case.json"


class FirstRecord(BaseModel):
    """What ``case.json`` of version 1 said: a de-identified series and its model, and no more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    model: str
    weights_sha256: str
    modality: Literal["CT", "MR"]
    base: str
    pictures: int


def read_case(folder: Path) -> Case:
    """The case of a folder that `u3edu.cases.bundle.opened` has looked at.

    A folder of version 1 (``case.json``) becomes a case with gaps.

    Raises
    ------
    InvalidCase
        If there is no case, or with one line for each thing that is wrong with it.
    """
    if not (folder / CASE_FILE).exists() and (folder / FIRST_RECORD).exists():
        return _from_first_record(folder)
    if not (folder / CASE_FILE).exists():
        raise InvalidCase.at(CASE_FILE, "", "is missing; u3edu case new makes a case")
    return _validated(Case, folder, CASE_FILE)


def read_answers(folder: Path) -> Answers:
    """The answers to a case's questions.

    Raises
    ------
    InvalidCase
        If they are missing, or with one line for each thing that is wrong with them.
    """
    return _validated(Answers, folder, ANSWERS_FILE)


def _validated(kind: type[_T], folder: Path, name: str) -> _T:
    data = load_yaml(read_bytes(folder, name, MOST_BYTES), name)
    if not isinstance(data, dict):
        raise InvalidCase.at(name, "", "is empty, or no list of 'field: value' lines")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise InvalidCase.from_validation(error, name) from None


def _from_first_record(folder: Path) -> Case:
    """A case of what version 1 knew; everything that a person writes is left empty."""
    try:
        record = FirstRecord.model_validate_json(read_bytes(folder, FIRST_RECORD, MOST_BYTES))
        return Case(
            id="case",
            modality=record.modality,
            model=CaseModel(name=record.model, weights_sha256=record.weights_sha256),
            base=DicomBase(folder=record.base),
        )
    except ValidationError as error:
        raise InvalidCase.from_validation(error, FIRST_RECORD) from None
