"""The polygon, which is also what a lasso leaves behind."""

from typing import Literal

import numpy as np

from u3edu.editing.outline import Corners, polygon_mask
from u3edu.editing.painting import FlatPainting, Painting


class PolygonShape(Painting):
    """The area of a polygon: the pixels whose centre lies inside (see `polygon_mask`).

    Parameters
    ----------
    points : tuple of (row, column)
        At least three corners in pixels; the last is joined to the first.
    """

    points: Corners

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels inside the polygon, bool [H, W]."""
        return polygon_mask(self.points, (labels.shape[0], labels.shape[1]))


class Polygon(PolygonShape, FlatPainting):
    """Fill a polygon or a lasso with one element; see `PolygonShape`.

    Parameters
    ----------
    element : int
    points : tuple of (row, column)
    mask : Mask

    Raises
    ------
    pydantic.ValidationError
        A ValueError: fewer than three corners, or coordinates that are no finite numbers.
    """

    kind: Literal["polygon"] = "polygon"
