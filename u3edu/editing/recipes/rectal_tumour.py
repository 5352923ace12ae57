"""A tumour of the rectal wall: clock position, extent along the wall, depth, height and margin."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy import ndimage

from u3edu.editing.draws import Draws
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point
from u3edu.editing.recipes.margins import Margin, spicule, swing
from u3edu.editing.recipes.recipe import THINNEST, Paint, Recipe
from u3edu.editing.wall import piece_near

# Rays from the middle of the lumen through the tumour, and steps a pixel along each.
_RAYS = 61
_STEPS_PER_PIXEL = 4
# Share of its depth, and of its height, that an outline gives up towards the tumour's ends.
_UNEVEN: dict[Margin, float] = {"smooth": 0.08, "lobulated": 0.35, "spiculated": 0.3}
_UNEVEN_SURFACE = 0.35


class RectalTumour(Recipe):
    """A tumour of the rectal wall.

    It is deepest in its middle, where it has the whole depth, and tapers to its ends; towards
    the lumen it bulges by its height.

    Parameters
    ----------
    clock : float
        Position of its middle, 0 to 12: 12 anterior (up), 3 the patient's left (right in the
        picture).
    hours : float
        How much of the circumference it takes up, 0.5 to 8 hours.
    depth : float
        How far it reaches into the wall and beyond, in mm from the lumen's surface and `wall`
        further out, 0.5 to 40.
    wall : float
        Where the depth begins, in mm outside the lumen's surface: 0 for all of the tumour's
        depth; the thickness of the wall, for depth beyond the muscularis propria.
    height : float
        How far it bulges into the lumen in mm, 0 to 20.
    margin : str
        Of its outer front: ``"smooth"``, ``"lobulated"`` or ``"spiculated"`` (strands into the
        fat, which reach beyond the depth).
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    clock: Annotated[float, Field(ge=0, le=12)]
    hours: Annotated[float, Field(ge=0.5, le=8)] = 3.0
    depth: Annotated[float, Field(ge=0.5, le=40)] = 5.0
    wall: Annotated[float, Field(ge=0, le=20)] = 0.0
    height: Annotated[float, Field(ge=0, le=20)] = 2.0
    margin: Margin = "smooth"

    def operations(
        self, label_map: LabelMap, lumen: Point, lumen_elements: Sequence[int], paint: Paint
    ) -> tuple[EditOperation, ...]:
        """The operations that draw the tumour.

        Parameters
        ----------
        label_map : LabelMap
            With the lumen in it.
        lumen : (row, column)
            A point in the lumen, in pixels.
        lumen_elements : sequence of int
            What the lumen is made of.
        paint : Exemplar or int
            The tumour's tissue, or one flat element.

        Raises
        ------
        InvalidEdit
            If there is no lumen near the point, or the tumour reaches out of the picture.
        """
        spacing = np.asarray(label_map.acquisition.spacing)
        inside = piece_near(
            np.isin(label_map.labels, list(lumen_elements)), lumen, label_map.acquisition.spacing, "lumen"
        )
        middle = np.argwhere(inside).mean(axis=0)
        draws = Draws(self.seed, 6)
        share = np.linspace(-1, 1, _RAYS)
        angles = np.radians((self.clock + share * self.hours / 2) * 30.0)
        # 12 o'clock is up (row falls), 3 o'clock right (column grows).
        directions = np.stack([-np.cos(angles), np.sin(angles)], axis=1)
        # The front falls from the whole depth in the middle to nothing at the ends.
        front = (1 - share**2) ** 0.55
        # Unevenness takes away only, and nothing in the middle, where the depth is set.
        uneven = np.abs(share) * (0.5 + 0.5 * swing(draws, angles * 3, range(3, 8)))
        front *= 1 - _UNEVEN[self.margin] * uneven
        surface = 1 - _UNEVEN_SURFACE * np.abs(share) * (0.5 + 0.5 * swing(draws, angles * 3, range(2, 6)))
        total = self.wall + self.depth
        distance = self._distance(inside, spacing)
        outer = self._reach(distance, middle, directions / spacing, total * front)
        inner = self._reach(distance, middle, directions / spacing, -self.height * (1 - share**2) * surface)
        rays = [middle + directions * reach[:, None] / spacing for reach in (outer, inner)]
        body = np.concatenate([rays[0], rays[1][::-1]])
        strands = []
        if self.margin == "spiculated":
            for ray in draws.below(_RAYS // 2, 5) + _RAYS // 4:
                length = float(draws.uniform(0.3, 0.7, 1)[0]) * total
                foot = (middle + directions[ray] * max(outer[ray] - total / 3, 0.0) / spacing) * spacing
                tip = foot + directions[ray] * (total / 3 + length)
                bend = float(draws.uniform(-0.1, 0.1, 1)[0])
                strands.append(spicule(foot, tip, 1.6, bend, THINNEST * float(spacing.max())) / spacing)
        return tuple(self.area(outline, paint) for outline in (*strands, body))

    @staticmethod
    def _distance(inside: np.ndarray, spacing: np.ndarray) -> np.ndarray:
        """Distance from the lumen's surface in mm, negative inside, float64 [H, W].

        The surface lies half a pixel beyond the centres of the lumen's last pixels.
        """
        outside = ndimage.distance_transform_edt(~inside, sampling=spacing) - spacing.mean() / 2
        within = ndimage.distance_transform_edt(inside, sampling=spacing) - spacing.mean() / 2
        return np.where(inside, -within, outside)

    def _reach(
        self, distance: np.ndarray, middle: np.ndarray, directions: np.ndarray, levels: np.ndarray
    ) -> np.ndarray:
        """How far along each ray [N] in mm its last place lies at or below a level in mm."""
        limit = np.asarray(distance.shape) - 1
        pixel = 1 / float(np.abs(directions).max())
        steps = np.arange(0.0, 200.0, pixel / _STEPS_PER_PIXEL)
        places = middle[:, None, None] + directions.T[:, :, None] * steps
        along = ndimage.map_coordinates(distance, places, order=1, mode="nearest")
        # Beyond the picture's frame is beyond every level.
        beyond = ((places < 0) | (places > limit[:, None, None])).any(axis=0)
        below = (along <= levels[:, None]) & ~beyond
        last = len(steps) - 1 - below[:, ::-1].argmax(axis=1)
        # A tumour higher than the lumen is wide ends in the lumen's middle.
        found = below.any(axis=1)
        if (found & beyond[np.arange(len(last)), np.minimum(last + 1, len(steps) - 1)]).any():
            raise InvalidEdit("the tumour reaches out of the picture; make it smaller, or turn it elsewhere")
        return np.where(found, steps[last], 0.0)
