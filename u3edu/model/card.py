"""The model card: what a model was trained on, how, how good it is, and what its elements are."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
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
    spacing : float, optional
        Of those slices' pixels, in mm, for a decoder that learned several.
    drawn, plain : tuple of K floats
        Robust standard deviation of the residual (`u3edu.engine.grain_strength`) with grain
        of strength 1, and without grain; 0 for an element without pixels.
    most : float
        The strongest grain among those slices; pictures get no stronger one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spacing: float | None = Field(default=None, gt=0)
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
    noise : tuple of NoiseEntry
        For a decoder with grain: what a picture's own noise is compared with, at one spacing or,
        from small to large, at several.
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
    noise: tuple[NoiseEntry, ...] = ()
    weights_sha256: str = ""
    training: dict[str, Any] = {}
    data: tuple[dict[str, str], ...] = ()
    figures: dict[str, Any] = {}
    limits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_entry_an_element(self) -> "ModelCard":
        if len(self.elements) != self.network.elements:
            raise ValueError(f"{len(self.elements)} elements named, the network has {self.network.elements}")
        lengths = {len(numbers) for entry in self.noise for numbers in (entry.drawn, entry.plain)}
        if lengths - {self.network.elements}:
            raise ValueError(f"noise of {lengths} elements, the network has {self.network.elements}")
        return self

    @model_validator(mode="after")
    def _noise_from_small_to_large_spacings(self) -> "ModelCard":
        spacings = [entry.spacing or 0.0 for entry in self.noise]
        if len(self.noise) > 1 and not all(low < high for low, high in pairwise([0.0, *spacings])):
            raise ValueError(f"noise is given from small to large spacings; got {spacings}")
        return self

    def noise_at(self, spacing: float) -> NoiseEntry | None:
        """The noise of the model's pictures with pixels of a spacing in mm, if it is known.

        Between the spacings of the card by the logarithm, beyond them that of the nearest.
        """
        if len(self.noise) < 2:
            return self.noise[0] if self.noise else None
        known = np.log([entry.spacing or 1.0 for entry in self.noise])
        place = np.interp(math.log(spacing), known, np.arange(len(known)))
        lower, upper = self.noise[math.floor(place)], self.noise[math.ceil(place)]
        share = place % 1

        def between(low: Sequence[float], high: Sequence[float]) -> tuple[float, ...]:
            mixed = np.multiply(low, 1 - share) + np.multiply(high, share)
            # Of an element that is unknown at one spacing, what is known at the other.
            known_at_both = np.minimum(low, high) > 0
            return tuple(np.where(known_at_both, mixed, np.maximum(low, high)).tolist())

        return NoiseEntry(
            drawn=between(lower.drawn, upper.drawn),
            plain=between(lower.plain, upper.plain),
            most=max(lower.most, upper.most),
        )

    def label_elements(self) -> tuple[Element, ...]:
        """The elements as a `LabelMap` holds them."""
        return tuple(Element(entry.name, entry.colour, entry.mean) for entry in self.elements)
