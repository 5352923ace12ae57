"""Grow and shrink: move an element's border by a distance in mm."""

from typing import Literal

import numpy as np
from scipy import ndimage

from u3edu.editing.context import EditContext
from u3edu.editing.outline import Millimetres
from u3edu.editing.region import ElementOperation, fill_from_nearest

# Distances between pixels carry rounding errors; a border that is asked for is meant to be reached.
ROUNDING = 1e-6


class Grow(ElementOperation):
    """Let an element take every pixel within a distance of it.

    Parameters
    ----------
    element : int
    millimetres : float
        Between pixel centres.
    region : tuple of (row, column), optional
        Corners of a polygon; only pixels inside it change.
    mask : Mask
    """

    kind: Literal["grow"] = "grow"
    millimetres: Millimetres

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the grown element."""
        spacing = self.spacing(context)
        others = labels != self.element
        grown = labels.copy()
        if others.all():
            return grown
        distance = ndimage.distance_transform_edt(others, sampling=spacing)
        grown[(distance <= self.millimetres + ROUNDING) & self.inside(labels)] = self.element
        return grown


class Shrink(ElementOperation):
    """Take from an element every pixel within a distance of another.

    Each freed pixel becomes the nearest other element. The picture's frame is no border.

    Parameters
    ----------
    element : int
    millimetres : float
        Between pixel centres.
    region : tuple of (row, column), optional
        Corners of a polygon; only pixels inside it change.
    mask : Mask
    """

    kind: Literal["shrink"] = "shrink"
    millimetres: Millimetres

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the shrunken element."""
        spacing = self.spacing(context)
        own = labels == self.element
        if own.all() or not own.any():
            return labels.copy()
        distance = ndimage.distance_transform_edt(own, sampling=spacing)
        freed = own & (distance <= self.millimetres + ROUNDING) & self.inside(labels)
        return fill_from_nearest(labels, freed, ~own, spacing)
