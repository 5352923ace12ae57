"""The Mask of an operation: which pixels it may change."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.editing.context import EditContext
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import Element

ElementIndex = Annotated[int, Field(ge=0, le=255)]


class IntensityRange(BaseModel):
    """A range of the original picture's raw values, both ends included.

    Parameters
    ----------
    low, high : float, optional
        In HU for CT, in signal for MR; None leaves that end open.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: both ends open, or the low end above the high one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check_order(self) -> "IntensityRange":
        if self.low is None and self.high is None:
            raise ValueError("a range of intensities has a low end, a high end or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"a range runs from low to high; got {self.low:g} to {self.high:g}")
        return self

    def contains(self, raw: np.ndarray) -> np.ndarray:
        """Which raw values [H, W] lie in the range, bool [H, W]."""
        inside = np.ones(raw.shape, dtype=bool)
        if self.low is not None:
            inside &= raw >= self.low
        if self.high is not None:
            inside &= raw <= self.high
        return inside

    def in_words(self, unit: str) -> str:
        """The range for people: ``"-100 to 200 HU"``."""
        if self.low is None:
            return f"up to {self.high:g} {unit}"
        return (
            f"{self.low:g} {unit} and above" if self.high is None else f"{self.low:g} to {self.high:g} {unit}"
        )


class Mask(BaseModel):
    """Which pixels an operation may change; by default all.

    A pixel must meet every condition that is given. Elements are those of the map just before
    the operation, intensities those of the original picture.

    Parameters
    ----------
    only_over : tuple of int, optional
        Elements that may be overwritten; None for all.
    keep : tuple of int
        Elements that are never overwritten.
    within : IntensityRange, optional
        Only where the original picture's raw value lies in this range.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: an empty `only_over`, or one whose elements are all kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    only_over: tuple[ElementIndex, ...] | None = None
    keep: tuple[ElementIndex, ...] = ()
    within: IntensityRange | None = None

    @model_validator(mode="after")
    def _check_something_is_left(self) -> "Mask":
        if self.only_over is not None and not set(self.only_over) - set(self.keep):
            raise ValueError(
                "this mask lets nothing be painted: only_over names no element that is not kept; "
                "leave it out to paint over all"
            )
        return self

    @property
    def is_open(self) -> bool:
        """Whether every pixel may change."""
        return self.only_over is None and not self.keep and self.within is None

    @property
    def elements(self) -> tuple[int, ...]:
        """Every element that the mask names."""
        return (*(self.only_over or ()), *self.keep)

    def allowed(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The pixels that may change.

        Parameters
        ----------
        labels : uint8 [H, W]
            Just before the operation.
        context : EditContext or None

        Returns
        -------
        bool [H, W]

        Raises
        ------
        InvalidEdit
            If the mask goes by intensity and there is no picture.
        """
        allowed = np.ones(256, dtype=bool)
        if self.only_over is not None:
            allowed[:] = False
            allowed[list(self.only_over)] = True
        allowed[list(self.keep)] = False
        pixels: np.ndarray = allowed[labels]
        if self.within is not None:
            if context is None or context.picture is None:
                raise InvalidEdit(
                    "this operation paints only where the original picture has certain intensities, and no "
                    "picture was given: apply it with EditContext(base, picture)"
                )
            pixels &= self.within.contains(context.picture.raw)
        return pixels

    def in_words(self, elements: Sequence[Element], unit: str) -> str:
        """The mask for people: ``"only over fat; keeps bone; only from -100 to 200 HU"``."""
        parts = []
        if self.only_over is not None:
            parts.append("only over " + _listing(self.only_over, elements))
        if self.keep:
            parts.append("keeps " + _listing(self.keep, elements))
        if self.within is not None:
            parts.append("only where the original has " + self.within.in_words(unit))
        return "; ".join(parts) or "over everything"


def _listing(chosen: Sequence[int], elements: Sequence[Element]) -> str:
    """Names of elements: ``"fat, muscle and bone"``."""
    names = [elements[index].name for index in chosen]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
