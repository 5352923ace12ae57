"""What every recipe has in common: a seed, and areas painted in an element or in a tissue."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from u3edu.editing.exemplar import Exemplar
from u3edu.editing.label_map import LabelMap
from u3edu.editing.mask import Mask
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point
from u3edu.editing.polygon import Polygon
from u3edu.editing.tissue import TissuePolygon

# A strand of this many pixels is in one piece, whichever way it runs.
THINNEST = 1.5
# What an area is painted with: the pattern of an exemplar, or one flat element.
Paint = Exemplar | int


class Recipe(BaseModel):
    """A finding with parameters.

    Parameters
    ----------
    seed : int
        For everything that the other parameters leave open; the same gives the same finding.
    mask : Mask
        Of every operation.
    rim : int
        Width in pixels of the rim in which a tissue is interwoven with what was there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    mask: Mask = Mask()
    rim: Annotated[int, Field(ge=0, le=32)] = 0

    def area(self, outline: np.ndarray, paint: Paint, *, mask: Mask | None = None) -> EditOperation:
        """The operation that paints an outline, float64 [N, 2] (row, column) in pixels."""
        # A hundredth of a pixel is finer than any drawing, and keeps scripts short.
        points = tuple((round(float(row), 2), round(float(column), 2)) for row, column in outline)
        mask = self.mask if mask is None else mask
        if isinstance(paint, Exemplar):
            return TissuePolygon(
                points=points, exemplar=paint, pattern_seed=self.seed, rim=self.rim, mask=mask
            )
        return Polygon(element=paint, points=points, mask=mask)

    def area_around(
        self,
        centre: Point,
        outline: np.ndarray,
        label_map: LabelMap,
        paint: Paint,
        *,
        mask: Mask | None = None,
    ) -> EditOperation:
        """The operation that paints an outline, float64 [N, 2] (row, column) in mm around a centre."""
        pixels = np.asarray(centre) + outline / np.asarray(label_map.acquisition.spacing)
        return self.area(pixels, paint, mask=mask)

    def mask_over(self, paint: Paint) -> Mask:
        """The recipe's mask, for what is painted over an area just painted with `paint`."""
        if self.mask.only_over is None:
            return self.mask
        own = paint.elements if isinstance(paint, Exemplar) else (paint,)
        return self.mask.model_copy(update={"only_over": (*self.mask.only_over, *own)})
