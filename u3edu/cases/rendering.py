"""The stages of a case as label maps and pictures, and the record of what they looked like."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from u3edu.cases.bundle import read_bytes
from u3edu.cases.pictures import base_labels, base_picture
from u3edu.cases.problem import InvalidCase
from u3edu.cases.reading import CASE_FILE
from u3edu.cases.schema import Case, Stage
from u3edu.cases.text import FilePath, Name, Sha256
from u3edu.editing.context import EditContext
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.in_place import in_place
from u3edu.editing.label_map import LabelMap
from u3edu.editing.script import EditScript
from u3edu.engine.local import LocalEngine
from u3edu.imaging.digest import digest
from u3edu.imaging.slice import Slice
from u3edu.imaging.stored import from_levels, to_levels, write_slice

RENDERED, RECORD_FILE = "rendered", "rendered/rendered.json"
# An edit script of an hour's painting is some 100 kB.
MOST_SCRIPT_BYTES, MOST_OPERATIONS = 2 * 2**20, 2000


class RenderedStage(BaseModel):
    """What the picture of a stage was when it was rendered.

    Parameters
    ----------
    picture : str
        The stored slice.
    digest : str
        Of its pixels, by `u3edu.imaging.digest.digest`: for people, blind to the last bits.
    sha256 : str
        Of its pixels at 16 bits: exact.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: FilePath
    digest: str
    sha256: Sha256


class RenderRecord(BaseModel):
    """What ``rendered/rendered.json`` says: the weights that drew, and each stage's picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    weights_sha256: Sha256
    stages: dict[Name, RenderedStage]


@dataclass(frozen=True, eq=False)
class CaseRenderer:
    """Draws the stages of a case.

    Parameters
    ----------
    case : Case
    folder : Path
        Of the case.
    engine : LocalEngine
        Of the case's model.
    picture : Slice
        The base image.
    labels : LabelMap
        Its elements.

    See Also
    --------
    renderer : Makes one.
    """

    case: Case
    folder: Path
    engine: LocalEngine
    picture: Slice
    labels: LabelMap

    def stage_labels(self, stage: Stage) -> LabelMap:
        """The elements of a stage.

        Raises
        ------
        InvalidCase
            If the stage's script is missing, wrong, or does not fit the label map.
        """
        if stage.script is None:
            return self.labels
        script = read_script(self.folder, stage.script)
        try:
            return script.apply(self.labels, EditContext(self.labels, self.picture))[0]
        except InvalidEdit as error:
            raise InvalidCase.at(stage.script, "", str(error)) from None

    def stage_picture(self, stage: Stage) -> Slice:
        """The picture of a stage, as the case wants it: whole, or in place."""
        edited = self.stage_labels(stage)
        after = self.engine.synthesize(edited)
        if self.case.render == "whole":
            return after
        before = self.engine.synthesize(self.labels)
        changed = edited.labels != self.labels.labels
        return in_place(self.picture, before, after, changed, edited.labels, seed=self.case.grain_seed)


def renderer(case: Case, folder: Path, engine: LocalEngine) -> CaseRenderer:
    """What draws the stages of a case with an engine of its model.

    Raises
    ------
    InvalidCase
        If the engine is not of the case's weights, or base image or label map can't be had.
    """
    weights = engine.card.weights_sha256
    if weights != case.model.weights_sha256:
        raise InvalidCase.at(
            CASE_FILE,
            "model.weights_sha256",
            f"the case was made with weights {case.model.weights_sha256[:12]}… of {case.model.name}, and "
            f"those at hand are {weights[:12]}…; use the version of u3edu that has them, or write the new "
            "hash here, run u3edu case render, and look at every stage again",
        )
    picture = base_picture(case, folder)
    return CaseRenderer(case, folder, engine, picture, base_labels(case, folder, picture, engine))


def read_script(folder: Path, name: str) -> EditScript:
    """An edit script of a case.

    Raises
    ------
    InvalidCase
        If it is missing, too large, or no edit script.
    """
    content = read_bytes(folder, name, MOST_SCRIPT_BYTES)
    try:
        script = EditScript.from_json(content)
    except InvalidEdit as error:
        raise InvalidCase.at(name, "", str(error)) from None
    if len(script) > MOST_OPERATIONS:
        raise InvalidCase.at(name, "operations", f"{len(script)}, more than {MOST_OPERATIONS}")
    return script


def render(case: Case, folder: Path, engine: LocalEngine) -> RenderRecord:
    """Draw all stages of a case and store pictures and digests under ``rendered/``.

    Raises
    ------
    InvalidCase
        See `renderer`; also if a script does not fit.
    OSError
        If a file cannot be written.
    """
    drawing = renderer(case, folder, engine)
    pictures = {stage.name: drawing.stage_picture(stage) for stage in case.stages}
    (folder / RENDERED).mkdir(exist_ok=True)
    stages = {}
    for name, picture in pictures.items():
        path = f"{RENDERED}/{name}.png"
        write_slice(folder / path, picture)
        stages[name] = RenderedStage(picture=path, digest=shown_digest(picture), sha256=exact_digest(picture))
    record = RenderRecord(weights_sha256=engine.card.weights_sha256, stages=stages)
    (folder / RECORD_FILE).write_text(record.model_dump_json(indent=2) + "\n", "utf-8")
    return record


def read_record(folder: Path) -> RenderRecord:
    """What was rendered of a case.

    Raises
    ------
    InvalidCase
        If nothing was, or the record is damaged.
    """
    if not (folder / RECORD_FILE).exists():
        raise InvalidCase.at(RECORD_FILE, "", "is missing; run u3edu case render")
    try:
        return RenderRecord.model_validate_json(read_bytes(folder, RECORD_FILE))
    except ValidationError as error:
        raise InvalidCase.from_validation(error, RECORD_FILE) from None


def exact_digest(picture: Slice) -> str:
    """SHA-256 of size and stored pixels: equal if and only if every pixel is."""
    stored = to_levels(picture.pixels)
    content = np.array(stored.shape, "<u4").tobytes() + stored.astype("<u2").tobytes()
    return hashlib.sha256(content).hexdigest()


def shown_digest(picture: Slice) -> str:
    """`u3edu.imaging.digest.digest` of the pixels as they come back from disk."""
    return digest(from_levels(to_levels(picture.pixels)))
