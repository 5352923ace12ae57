"""A pleural tag: a strand from a nodule to the pleura."""

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
from u3edu.editing.recipes.recipe import THINNEST, Paint, Recipe
from u3edu.editing.wall import piece_near

# A strand longer than this, in mm, is no tag.
_LONGEST = 60.0


def nearest_pleura(label_map: LabelMap, point: Point, lung: Sequence[int]) -> Point:
    """The pixel nearest to a point in the lung that lies outside the lung.

    Parameters
    ----------
    label_map : LabelMap
    point : (row, column)
        In the lung, or in a nodule that lies within it.
    lung : sequence of int
        The elements of aerated lung; what they surround (vessels, nodules) counts as lung.

    Returns
    -------
    (row, column)

    Raises
    ------
    InvalidEdit
        If the point is not in a lung, or no pleura is within 60 mm of it.
    """
    spacing = label_map.acquisition.spacing
    inside = np.isin(label_map.labels, list(lung))
    filled = ndimage.binary_fill_holes(piece_near(inside, point, spacing, "lung"))
    places = np.argwhere(~filled)
    squared = (((places - np.asarray(point)) * spacing) ** 2).sum(axis=1)
    if len(places) == 0 or not spacing[0] ** 2 < squared.min() <= _LONGEST**2:
        raise InvalidEdit(
            f"row {point[0]:g}, column {point[1]:g} has no pleura within {_LONGEST:g} mm, or is not in the "
            "lung: choose a nodule nearer to the pleura"
        )
    row, column = places[squared.argmin()]
    return float(row), float(column)


class PleuralTag(Recipe):
    """A strand, a little bent, thinnest in its middle.

    Parameters
    ----------
    width : float
        At its ends in mm, 0.5 to 5; in its middle half of that.
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    width: Annotated[float, Field(ge=0.5, le=5)] = 2.0

    def operations(
        self, label_map: LabelMap, start: Point, end: Point, paint: Paint
    ) -> tuple[EditOperation, ...]:
        """The operations that draw the tag.

        Parameters
        ----------
        label_map : LabelMap
            For its spacing.
        start, end : (row, column)
            In the nodule, and at the pleura (see `nearest_pleura`).
        paint : Exemplar or int

        Raises
        ------
        InvalidEdit
            If the two points are the same, or further apart than 60 mm.
        """
        spacing = np.asarray(label_map.acquisition.spacing)
        first, last = np.asarray(start) * spacing, np.asarray(end) * spacing
        length = float(np.hypot(*(last - first)))
        if not 0 < length <= _LONGEST:
            raise InvalidEdit(
                f"a tag is up to {_LONGEST:g} mm long; between these points lie {length:.1f} mm"
            )
        bend = float(Draws(self.seed, 4).uniform(-0.08, 0.08, 1)[0])
        along = (last - first) / length
        across = np.array([-along[1], along[0]])
        share = np.linspace(0, 1, 17)[:, None]
        # Half a pixel further at both ends, so that it touches what it ties together.
        middle = first + along * (share * (length + spacing.max()) - spacing.max() / 2)
        middle = middle + 4 * bend * share * (1 - share) * length * across
        # Never so thin that no pixel's centre lies in it.
        half = np.maximum(self.width * (0.25 + (share - 0.5) ** 2), THINNEST / 2 * spacing.max()) * across
        return (self.area(np.concatenate([middle + half, (middle - half)[::-1]]) / spacing, paint),)
