"""The ring: an ellipse's rim of even thickness, for the layers of a wall."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from u3edu.editing.box import Box
from u3edu.editing.outline import Pixels, Place
from u3edu.editing.painting import FlatPainting

# Points along an ellipse: at a radius of 64 pixels they lie less than 0.3 pixels apart.
_OUTLINE_POINTS = 1440


class Ring(FlatPainting):
    """Paint the rim of an ellipse.

    A pixel is covered when its centre lies inside the outer ellipse and within `thickness` of
    its outline; a thickness above the smaller radius fills the ellipse.

    Parameters
    ----------
    element : int
    centre : (row, column)
    radii : (float, float)
        Half-axes of the outer ellipse in pixels, along rows and along columns (before `angle`).
    thickness : float
        Of the wall, in pixels, the same all round.
    angle : float
        Turn of the ellipse in degrees, from rows towards columns.
    mask : Mask
    """

    kind: Literal["ring"] = "ring"
    centre: Place
    radii: tuple[Pixels, Pixels]
    thickness: Pixels
    angle: Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)] = 0.0

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels of the rim, bool [H, W]."""
        shape = (labels.shape[0], labels.shape[1])
        covered = np.zeros(shape, dtype=bool)
        reach = int(np.ceil(max(self.radii))) + 1
        row, column = (int(np.floor(value)) for value in self.centre)
        try:
            near = Box(row - reach, column - reach, row + reach + 2, column + reach + 2).clip(shape)
        except ValueError:
            return covered  # wholly outside the picture
        rows = np.arange(near.top, near.bottom)[:, None] - self.centre[0]
        columns = np.arange(near.left, near.right)[None, :] - self.centre[1]
        turn = np.radians(self.angle)
        along = rows * np.cos(turn) + columns * np.sin(turn)
        across = columns * np.cos(turn) - rows * np.sin(turn)
        first, second = self.radii
        inside = (along / first) ** 2 + (across / second) ** 2 <= 1
        if self.thickness < min(self.radii):
            angles = np.linspace(0, 2 * np.pi, _OUTLINE_POINTS, endpoint=False)
            outline = cKDTree(np.stack([first * np.cos(angles), second * np.sin(angles)], axis=1))
            distance, _ = outline.query(np.stack([along[inside], across[inside]], axis=1))
            inside[inside] = distance <= self.thickness
        covered[near.slices] = inside
        return covered
