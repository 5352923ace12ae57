"""Operations on one element inside a region, and what takes the place of freed pixels."""

import numpy as np
from scipy import ndimage

from u3edu.editing.context import EditContext, needed_context
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.mask import ElementIndex
from u3edu.editing.outline import Corners, polygon_mask
from u3edu.editing.painting import MaskedOperation


class ElementOperation(MaskedOperation):
    """An operation on the pixels of one element.

    Parameters
    ----------
    element : int
        0 to K-1.
    region : tuple of (row, column), optional
        Corners of a polygon; only pixels inside it change. None for the whole picture; a box is
        ``Box.corners``.
    """

    element: ElementIndex
    region: Corners | None = None

    def named_elements(self) -> tuple[int, ...]:
        """The element that the operation is about, and those of the mask."""
        return (self.element, *super().named_elements())

    def inside(self, labels: np.ndarray) -> np.ndarray:
        """The pixels inside the region, bool [H, W]."""
        if self.region is None:
            return np.ones(labels.shape, dtype=bool)
        return polygon_mask(self.region, (labels.shape[0], labels.shape[1]))

    def spacing(self, context: EditContext | None) -> tuple[float, float]:
        """Distance between pixel centres in mm (row, column)."""
        return needed_context(context, "an operation in mm").spacing


def fill_from_nearest(
    labels: np.ndarray, freed: np.ndarray, sources: np.ndarray, spacing: tuple[float, float]
) -> np.ndarray:
    """Give freed pixels the label of the nearest source pixel.

    Parameters
    ----------
    labels : uint8 [H, W]
    freed, sources : bool [H, W]
    spacing : (row, column) in mm

    Returns
    -------
    uint8 [H, W]
        A new array.

    Raises
    ------
    InvalidEdit
        If there is no source.
    """
    filled = labels.copy()
    if not freed.any():
        return filled
    if not sources.any():
        raise InvalidEdit("the picture has no other element that could take the freed place")
    rows, columns = ndimage.distance_transform_edt(
        ~sources, sampling=spacing, return_distances=False, return_indices=True
    )
    filled[freed] = labels[rows[freed], columns[freed]]
    return filled
