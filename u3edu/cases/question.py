"""What a case asks of its stages, and the answers, which are kept apart."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from u3edu.cases.text import FilePath, Line, Millimetres, Name, Paragraph

_STRICT = ConfigDict(frozen=True, extra="forbid")
Choices = Annotated[tuple[Line, ...], Field(min_length=2, max_length=12)]
Variation = Literal["none", "wrong_layer", "wrong_size", "wrong_side"]


class _Question(BaseModel):
    """What all questions have.

    Parameters
    ----------
    id : str
        Joins it to its answer.
    question : str
        What the trainee reads.
    seconds : float, optional
        Time limit.
    """

    model_config = _STRICT

    id: Name
    question: Line
    seconds: float | None = Field(default=None, ge=1, le=3600)


class RateABC(_Question):
    """Rate a picture with a caption: A, B or C (paper, section 3)."""

    kind: Literal["rate_abc"]
    stages: tuple[Name]


class StageIt(_Question):
    """Choose the stage, or any other one of several answers, for a picture."""

    kind: Literal["stage_it"]
    stages: tuple[Name]
    choices: Choices


class WhatChanged(_Question):
    """Say what changed between two pictures, before and after, and where."""

    kind: Literal["what_changed"]
    stages: tuple[Name, Name]
    choices: Choices


class PaintIt(_Question):
    """Paint on the elements of a stage until the lesion is as the question asks."""

    kind: Literal["paint_it"]
    stages: tuple[Name]


Question = Annotated[RateABC | StageIt | WhatChanged | PaintIt, Field(discriminator="kind")]


class _Answer(BaseModel):
    """What all answers have: the reason, which trainees read after they answered."""

    model_config = _STRICT

    reason: Paragraph


class RateABCAnswer(_Answer):
    """Which caption to show: the stage's own, or one made wrong on purpose with a seed."""

    kind: Literal["rate_abc"]
    variation: Variation = "none"
    seed: int = Field(default=0, ge=0, lt=2**32)


class StageItAnswer(_Answer):
    """The right one of the choices, in its words."""

    kind: Literal["stage_it"]
    choice: Line


class WhatChangedAnswer(_Answer):
    """The right one of the choices; the place follows from the labels that differ."""

    kind: Literal["what_changed"]
    choice: Line


class PaintItAnswer(_Answer):
    """What the painted lesion is measured against.

    Parameters
    ----------
    layer : str
        The deepest layer that it is to reach.
    depth_mm : float, optional
        How far into that layer, and `within_mm` on either side of it.
    spare : tuple of str
        Names of elements that may not be painted over.
    layers : str, optional
        A map of the layers, a PNG of numbers from the inside out, 0 for what is no layer. Phantoms
        know their own.
    layer_names : tuple of str
        The name of each number of that map, from 0.
    """

    kind: Literal["paint_it"]
    layer: Line
    depth_mm: Millimetres | None = None
    within_mm: Millimetres = 1.0
    spare: tuple[Line, ...] = ()
    layers: FilePath | None = None
    layer_names: Annotated[tuple[Line, ...], Field(max_length=64)] = ()


Answer = Annotated[
    RateABCAnswer | StageItAnswer | WhatChangedAnswer | PaintItAnswer, Field(discriminator="kind")
]


class Answers(BaseModel):
    """What ``answers.yaml`` says.

    Parameters
    ----------
    case : str
        The id of the case that they belong to.
    answers : dict
        By the id of the question.
    """

    model_config = _STRICT

    version: Literal[2] = 2
    case: Name
    answers: dict[Name, Answer]
