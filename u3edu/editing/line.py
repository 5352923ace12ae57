"""The line: a poly-line of a certain width, for wall layers that are not round."""

from typing import Literal

import numpy as np

from u3edu.editing.outline import Pixels, Points, polyline_mask
from u3edu.editing.painting import FlatPainting


class Line(FlatPainting):
    """Paint a poly-line, open or closed.

    Parameters
    ----------
    element : int
    points : tuple of (row, column)
        Corners in pixels.
    width : float
        In pixels; the line is never thinner than the pixels that it passes through.
    closed : bool
        Whether the last point is joined to the first.
    mask : Mask
    """

    kind: Literal["line"] = "line"
    points: Points
    width: Pixels
    closed: bool = False

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels of the line, bool [H, W]."""
        points = (*self.points, self.points[0]) if self.closed else self.points
        return polyline_mask(points, self.width, (labels.shape[0], labels.shape[1]))
