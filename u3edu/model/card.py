"""The model card: what a model was trained on, how, how good it is, and what its elements are."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.editing.label_map import Element
from u3edu.imaging.slice import MOST_GRAIN
from u3edu.model.config import U3NetConfig


class ElementEntry(BaseModel):
    """One anatomical element on a card; see `u3edu.editing.label_map.Element`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    mean: float = Field(ge=-1, le=1)
    note: str = ""


class NoiseEntry(BaseModel):
    """Noise in a model's own pictures of its training slices, by element.

    Parameters
    ----------
    drawn, plain : tuple of K floats
        Robust standard deviation of the finest residual (`u3edu.engine.appearance`) with grain
        of strength 1, and without grain; 0 for an element without pixels.
    most : float
        The strongest grain among those slices; pictures get no stronger one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    drawn: tuple[Annotated[float, Field(ge=0)], ...]
    plain: tuple[Annotated[float, Field(ge=0)], ...]
    most: float = Field(ge=0, le=MOST_GRAIN)


class ModelCard(BaseModel):
    """What goes with a weights file.

    Parameters
    ----------
    name : str
        For example ``"pelvic-mri"``.
    modality : str
        DICOM modality of the pictures that it is for.
    summary : str
        What it does and what it must not be used for, for people.
    network : U3NetConfig
    elements : tuple of ElementEntry
        The K elements, from dark to bright.
    noise : NoiseEntry, optional
        For a decoder with grain: what a picture's own noise is compared with.
    weights_sha256 : str
        Of the weights file beside the card.
    training : dict
        Command, settings, versions, time.
    data : tuple of dict
        Collections with licence, citation and what of them was used.
    figures : dict
        Measurements, each with the command that gave it.
    limits : tuple of str
        What it can't do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    modality: str
    summary: str
    network: U3NetConfig
    elements: tuple[ElementEntry, ...]
    noise: NoiseEntry | None = None
    weights_sha256: str = ""
    training: dict[str, Any] = {}
    data: tuple[dict[str, str], ...] = ()
    figures: dict[str, Any] = {}
    limits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_entry_an_element(self) -> "ModelCard":
        if len(self.elements) != self.network.elements:
            raise ValueError(f"{len(self.elements)} elements named, the network has {self.network.elements}")
        lengths = {len(self.noise.drawn), len(self.noise.plain)} if self.noise else set()
        if lengths - {self.network.elements}:
            raise ValueError(f"noise of {lengths} elements, the network has {self.network.elements}")
        return self

    def label_elements(self) -> tuple[Element, ...]:
        """The elements as a `LabelMap` holds them."""
        return tuple(Element(entry.name, entry.colour, entry.mean) for entry in self.elements)
