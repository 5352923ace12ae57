"""Quiz items: what a trainee may see of each question, and nothing of its answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# Identifiers and names of files are drawn at random: they say nothing about what they name.
Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
PictureName = Annotated[str, Field(pattern=r"^[0-9a-f]{16}\.png$")]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Spacing = tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
Seconds = Annotated[float, Field(gt=0, le=86400)]
Choices = Annotated[tuple[Words, ...], Field(min_length=2, max_length=12)]


class _Item(BaseModel):
    """What all items have.

    Parameters
    ----------
    id : str
        16 hexadecimal digits, drawn at random.
    dataset : str
        What tables group by, for example ``"pelvic MRI"``.
    question : str
    seconds : float, optional
        Time limit of this item, instead of the quiz's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Identifier
    dataset: Words
    question: Words
    seconds: Seconds | None = None

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the pictures that the item shows."""
        return (self.picture,) if hasattr(self, "picture") else ()


class RealOrSynthetic(_Item):
    """Is this picture real or synthetic? (paper section 3, first test)."""

    kind: Literal["real_or_synthetic"] = "real_or_synthetic"
    picture: PictureName


class RateABC(_Item):
    """Rate a picture with its caption (paper section 3, second test).

    A: natural, and the caption fits; B: natural, but the caption does not fit; C: not natural.
    """

    kind: Literal["rate_abc"] = "rate_abc"
    picture: PictureName
    caption: Words


class StageIt(_Item):
    """Choose the stage, or any other one of several answers."""

    kind: Literal["stage_it"] = "stage_it"
    picture: PictureName
    choices: Choices


class WhatChanged(_Item):
    """What changed between two pictures: choose what, and point at the place.

    Parameters
    ----------
    before, after : str
        Names of the pictures, both of the same size.
    choices : tuple of str
    spacing : (row, column) in mm
    """

    kind: Literal["what_changed"] = "what_changed"
    before: PictureName
    after: PictureName
    choices: Choices
    spacing: Spacing

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the pictures that the item shows."""
        return (self.before, self.after)


class PaintIt(_Item):
    """Paint an edit that the question describes.

    Parameters
    ----------
    picture, label_map : str
        The picture to paint on and its elements (an indexed PNG), both of the same size.
    model : str
        Name of the model whose elements they are.
    modality : str
    spacing : (row, column) in mm
    tumour_elements : tuple of int
        Elements that count as tumour where they are painted.
    """

    kind: Literal["paint_it"] = "paint_it"
    picture: PictureName
    label_map: PictureName
    model: Words
    modality: Literal["CT", "MR", "OT"]
    spacing: Spacing
    tumour_elements: Annotated[tuple[Annotated[int, Field(ge=0, le=255)], ...], Field(min_length=1)]

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the pictures that the item shows."""
        return (self.picture, self.label_map)


Item = Annotated[RealOrSynthetic | RateABC | StageIt | WhatChanged | PaintIt, Field(discriminator="kind")]
