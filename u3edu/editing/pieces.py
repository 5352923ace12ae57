"""Keep the largest piece of an element, or remove its small ones."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy import ndimage

from u3edu.editing.context import EditContext
from u3edu.editing.region import ElementOperation, fill_from_nearest


class KeepLargest(ElementOperation):
    """Keep the largest connected piece of an element; pixels that share an edge are connected.

    The other pieces become the nearest other element. Of pieces of the same size the one that
    begins furthest up, and then left, is kept.

    Parameters
    ----------
    element : int
    region : tuple of (row, column), optional
        Corners of a polygon; only pieces of the part inside it count and change.
    mask : Mask
    """

    kind: Literal["keep_largest"] = "keep_largest"

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with one piece of the element."""
        own = (labels == self.element) & self.inside(labels)
        pieces, count = ndimage.label(own)
        if count < 2:
            return labels.copy()
        sizes = np.bincount(pieces.ravel())[1:]
        freed = own & (pieces != sizes.argmax() + 1)
        return fill_from_nearest(labels, freed, labels != self.element, self.spacing(context))


class RemoveSmall(ElementOperation):
    """Remove an element's connected pieces below an area.

    They become the nearest other element.

    Parameters
    ----------
    element : int
    square_millimetres : float
        Pieces of this area or more stay.
    region : tuple of (row, column), optional
        Corners of a polygon; only pieces of the part inside it count and change.
    mask : Mask
    """

    kind: Literal["remove_small"] = "remove_small"
    square_millimetres: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels without the small pieces."""
        spacing = self.spacing(context)
        own = (labels == self.element) & self.inside(labels)
        pieces, _ = ndimage.label(own)
        small = np.bincount(pieces.ravel()) * spacing[0] * spacing[1] < self.square_millimetres
        return fill_from_nearest(labels, own & small[pieces], labels != self.element, spacing)
