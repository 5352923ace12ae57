"""Keys: the answers to a quiz's items with their reasons, kept apart from the items."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.quiz.answers import Place, Rating, Source
from u3edu.quiz.items import Identifier, PictureName, Words

# What was done to an A/B/C item so that it has a truth to be scored against.
Fault = Literal["none", "wrong layer", "wrong size", "wrong side", "unnatural"]
Millimetres = Annotated[float, Field(gt=0, le=100)]
Number = Annotated[int, Field(ge=0)]


class _Key(BaseModel):
    """What all keys have.

    Parameters
    ----------
    item : str
        Identifier of the item.
    reason : str
        Said after submission, whether the answer was right or wrong.
    picture : str, optional
        Shown after submission; kept with the keys.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Identifier
    reason: Words
    picture: PictureName | None = None


class RealOrSyntheticKey(_Key):
    """Where the picture came from."""

    kind: Literal["real_or_synthetic"] = "real_or_synthetic"
    source: Source


class RateABCKey(_Key):
    """The rating that is right by the way the item was made, and where the picture came from."""

    kind: Literal["rate_abc"] = "rate_abc"
    source: Source
    fault: Fault = "none"

    @property
    def rating(self) -> Rating:
        """A without a fault, C for an unnatural picture, B for a wrong caption."""
        return "A" if self.fault == "none" else "C" if self.fault == "unnatural" else "B"


class StageItKey(_Key):
    """The number of the right choice."""

    kind: Literal["stage_it"] = "stage_it"
    choice: Number


class WhatChangedKey(_Key):
    """The number of the right choice, and where the change is.

    Parameters
    ----------
    choice : int
    region : str
        Name of the mask of the changed pixels, kept with the keys.
    within_mm : float
        A click this near to the region is right.
    """

    kind: Literal["what_changed"] = "what_changed"
    choice: Number
    region: PictureName
    within_mm: Millimetres = 3.0


class PaintItKey(_Key):
    """How an edit is graded.

    Parameters
    ----------
    layers : str
        Name of the map of the layers, numbered from the inside out; 0 is no layer.
    layer_names : tuple of str
        Name of each number of that map, ``layer_names[0]`` for what is no layer.
    lesion : str
        Name of the mask of the tumour before the edit; may be empty.
    target : str
        The deepest layer that the tumour is to reach.
    depth_mm, within_mm : float
        How far into that layer, from its inner border, and how exactly; any depth if left out.
    place : (row, column), optional
        Where in that layer, in pixels; anywhere if left out.
    place_within_mm : float
    spared : dict of str to str
        Structures that are not to be painted: name, and name of the mask.
    """

    kind: Literal["paint_it"] = "paint_it"
    layers: PictureName
    layer_names: Annotated[tuple[Words, ...], Field(min_length=2, max_length=64)]
    lesion: PictureName
    target: Words
    depth_mm: Millimetres | None = None
    within_mm: Millimetres = 1.5
    place: Place | None = None
    place_within_mm: Millimetres = 8.0
    spared: dict[Words, PictureName] = {}

    @model_validator(mode="after")
    def _target_is_a_layer(self) -> Self:
        if self.target not in self.layer_names[1:]:
            raise ValueError(f"no layer {self.target!r}; there are {', '.join(self.layer_names[1:])}")
        return self

    @property
    def masks(self) -> tuple[str, ...]:
        """The names of all maps and masks that the key needs."""
        return (self.layers, self.lesion, *self.spared.values())


Key = Annotated[
    RealOrSyntheticKey | RateABCKey | StageItKey | WhatChangedKey | PaintItKey, Field(discriminator="kind")
]
