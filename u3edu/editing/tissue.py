"""The tissue brush: painting with the pattern of an exemplar instead of one flat element."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from u3edu.editing.brush import StrokeShape
from u3edu.editing.context import EditContext
from u3edu.editing.exemplar import OUTSIDE, Exemplar
from u3edu.editing.fill import FillShape
from u3edu.editing.interweaving import interweave
from u3edu.editing.painting import Painting
from u3edu.editing.polygon import PolygonShape
from u3edu.editing.quilting import pattern_tile

Offset = Annotated[int, Field(ge=-100_000, le=100_000)]


class TissuePainting(Painting):
    """A painting with the pattern of an exemplar.

    A structure is usually a mixture of several elements; painted in one, it looks drawn.

    Parameters
    ----------
    exemplar : Exemplar
        Shows the mixture.
    mode : str
        ``"pattern"`` paints an endless pattern like that of the exemplar, fixed in the picture:
        strokes with the same exemplar and seed continue each other. ``"clone"`` copies the
        exemplar itself to `offset`, and paints nothing beyond it.
    pattern_seed : int
        Another seed gives another pattern of the same kind.
    offset : (row, column), optional
        With ``"clone"``: the pixel of the picture where the exemplar's first pixel comes to lie.
    rim : int
        Width in pixels of the rim in which the pattern is interwoven with what was there; 0 for
        a sharp edge, at most 32.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a clone without an offset, or an offset without a clone.
    """

    exemplar: Exemplar
    mode: Literal["pattern", "clone"] = "pattern"
    pattern_seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    offset: tuple[Offset, Offset] | None = None
    rim: Annotated[int, Field(ge=0, le=32)] = 0

    @model_validator(mode="after")
    def _check_offset(self) -> "TissuePainting":
        if (self.mode == "clone") != (self.offset is not None):
            raise ValueError("a clone needs an offset (row, column), and nothing else takes one")
        return self

    def named_elements(self) -> tuple[int, ...]:
        """The elements of the exemplar, and those of the mask."""
        return (*self.exemplar.elements, *super().named_elements())

    def paint(self, labels: np.ndarray, covered: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the exemplar's pattern in the covered area."""
        shape = (labels.shape[0], labels.shape[1])
        tissue = self._cloned(shape) if self.mode == "clone" else self._pattern(shape)
        covered = covered & (tissue != OUTSIDE)
        painted = np.where(covered, tissue, labels)
        return interweave(labels, painted, covered, self.rim, self.pattern_seed)

    def _pattern(self, shape: tuple[int, int]) -> np.ndarray:
        """The endless pattern over the whole picture, uint8 [H, W]."""
        tile = pattern_tile(self.exemplar, self.pattern_seed)
        size = tile.shape[0]
        return tile[np.ix_(np.arange(shape[0]) % size, np.arange(shape[1]) % size)]

    def _cloned(self, shape: tuple[int, int]) -> np.ndarray:
        """The exemplar at its offset, uint8 [H, W], 255 around it."""
        cloned = np.full(shape, OUTSIDE, dtype=np.uint8)
        source = self.exemplar.labels
        top, left = self.offset or (0, 0)
        rows = slice(max(top, 0), max(min(top + source.shape[0], shape[0]), 0))
        columns = slice(max(left, 0), max(min(left + source.shape[1], shape[1]), 0))
        if rows.start < rows.stop and columns.start < columns.stop:
            cloned[rows, columns] = source[
                rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
            ]
        return cloned


class TissueStroke(StrokeShape, TissuePainting):
    """Paint a pattern along a poly-line; see `StrokeShape` and `TissuePainting`."""

    kind: Literal["tissue_stroke"] = "tissue_stroke"


class TissueFill(FillShape, TissuePainting):
    """Fill the area around a pixel with a pattern; see `FillShape` and `TissuePainting`."""

    kind: Literal["tissue_fill"] = "tissue_fill"


class TissuePolygon(PolygonShape, TissuePainting):
    """Fill a polygon or a lasso with a pattern; see `PolygonShape` and `TissuePainting`."""

    kind: Literal["tissue_polygon"] = "tissue_polygon"
