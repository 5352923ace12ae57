"""The brush stroke and the eraser: a poly-line drawn with a round brush."""

from typing import Literal

import numpy as np

from u3edu.editing.context import EditContext, needed_context
from u3edu.editing.outline import Pixels, Points, polyline_mask
from u3edu.editing.painting import FlatPainting, Painting


class StrokeShape(Painting):
    """The area of a stroke.

    A pixel is covered when its centre lies within half the diameter of the line (the line is
    swept to a capsule, with round ends), or when the line passes through the pixel, so that the
    finest brush leaves no gaps. The part of a stroke outside the picture covers nothing.

    Parameters
    ----------
    points : tuple of (row, column)
        The poly-line in pixels; whole numbers are pixel centres. One point is a dab.
    diameter : float
        Width of the brush in pixels, more than 0.
    """

    points: Points
    diameter: Pixels

    def footprint(self, shape: tuple[int, int]) -> np.ndarray:
        """The pixels that the stroke covers, bool [H, W], in a picture of `shape`."""
        return polyline_mask(self.points, self.diameter, shape)

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels that the stroke covers, bool [H, W]."""
        return self.footprint((labels.shape[0], labels.shape[1]))


class BrushStroke(StrokeShape, FlatPainting):
    """Paint one element along a poly-line with a round brush; see `StrokeShape`.

    Parameters
    ----------
    element : int
        The element to paint, 0 to K-1.
    points : tuple of (row, column)
    diameter : float
        Width of the brush in pixels, more than 0.
    mask : Mask

    Raises
    ------
    pydantic.ValidationError
        A ValueError: no points, coordinates that are no finite numbers, or no width.
    """

    kind: Literal["brush_stroke"] = "brush_stroke"


class Eraser(StrokeShape):
    """Put the elements of the base map back along a poly-line; see `StrokeShape`.

    Parameters
    ----------
    points : tuple of (row, column)
    diameter : float
    mask : Mask
    """

    kind: Literal["eraser"] = "eraser"

    def paint(self, labels: np.ndarray, covered: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with those of the base map in the covered area."""
        return np.where(covered, needed_context(context, "the eraser").base.labels, labels)
