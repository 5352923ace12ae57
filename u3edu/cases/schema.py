"""A Case: what ``case.yaml`` says."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.cases.base import Base
from u3edu.cases.caption import Caption
from u3edu.cases.question import Question
from u3edu.cases.text import FilePath, Line, Name, Paragraph, Sha256

MOST_STAGES, MOST_QUESTIONS = 20, 50


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Code(_Entry):
    """A coded term, as DICOM has them: value, scheme and meaning."""

    value: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,32}$")]
    scheme: Literal["RADLEX", "SCT"]
    meaning: Line


class CaseModel(_Entry):
    """The model that draws a case: a name, and the hash of its weights."""

    name: Line
    weights_sha256: Sha256


class CaseWindow(_Entry):
    """A display window in HU or signal."""

    name: Line
    centre: float = Field(ge=-1e6, le=1e6, allow_inf_nan=False)
    width: float = Field(gt=0, le=1e6, allow_inf_nan=False)


class Stage(_Entry):
    """One state of the disease, as an edit of the base image.

    Parameters
    ----------
    name : str
        Of its files.
    title : str
        For people.
    script : str, optional
        File with the EditScript that leads from the base's elements to this stage's; without
        one the stage is the base as it is.
    caption : NoLesion or RectalTumour or LungNodule
        The findings, field by field.
    prose : str, optional
        The findings in free words; they must not contradict `caption`. Without them
        `u3edu.cases.prose.compose` writes them.
    """

    name: Name
    title: Line
    script: FilePath | None = None
    caption: Caption
    prose: Paragraph = ""


class Case(_Entry):
    """A teaching case. A new one has gaps; `u3edu.cases.complete.gaps` lists them.

    Parameters
    ----------
    id : str
        A short name in small letters.
    title, level : str
        ``level`` says for whom it is.
    objectives : tuple of str
        What a trainee can do after it.
    anatomy, pathology : tuple of Code
        From RadLex or SNOMED CT.
    history, findings, diagnosis, discussion : str
    references : tuple of str
    licence, source : str
        Of the case, and where its base image comes from, with the attribution that it asks for.
    modality : str
        ``"CT"`` or ``"MR"``.
    model : CaseModel
    base : Base
    elements : str
        The base's label map, a PNG of indices (`u3edu.imaging.label_png`).
    render : str
        ``"whole"``: every pixel is the model's; ``"in place"``: the base outside the edits.
    grain_seed : int
        Of the grain inside edits in place.
    windows : tuple of CaseWindow
        Instead of the base image's own, where there are any.
    stages : tuple of Stage
    questions : tuple of Question
        Their answers are in ``answers.yaml``.
    """

    version: Literal[2] = 2
    id: Name
    title: Paragraph = ""
    level: Literal["student", "resident", "specialist"] = "resident"
    objectives: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    anatomy: Annotated[tuple[Code, ...], Field(max_length=12)] = ()
    pathology: Annotated[tuple[Code, ...], Field(max_length=12)] = ()
    history: Paragraph = ""
    findings: Paragraph = ""
    diagnosis: Paragraph = ""
    discussion: Paragraph = ""
    references: Annotated[tuple[Line, ...], Field(max_length=40)] = ()
    licence: Paragraph = ""
    source: Paragraph = ""
    modality: Literal["CT", "MR"]
    model: CaseModel
    base: Base
    elements: FilePath = "elements.png"
    render: Literal["whole", "in place"] = "whole"
    grain_seed: int = Field(default=0, ge=0, lt=2**32)
    windows: Annotated[tuple[CaseWindow, ...], Field(max_length=8)] = ()
    stages: Annotated[tuple[Stage, ...], Field(max_length=MOST_STAGES)] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=MOST_QUESTIONS)] = ()

    @model_validator(mode="after")
    def _names_are_known_and_single(self) -> Self:
        for what, names in (
            ("stages", [stage.name for stage in self.stages]),
            ("questions", [question.id for question in self.questions]),
            ("windows", [window.name for window in self.windows]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what}: {twice[0]!r} stands twice; every name is used once")
        known = [stage.name for stage in self.stages]
        for question in self.questions:
            for name in question.stages:
                if name not in known:
                    raise ValueError(
                        f"questions: {question.id!r} names the stage {name!r}, and there is "
                        f"{', '.join(known) or 'none'}"
                    )
        return self

    def stage(self, name: str) -> Stage:
        """The stage of a name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)
