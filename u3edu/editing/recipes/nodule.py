"""A solid nodule of given size and margin."""

from typing import Annotated

import numpy as np
from pydantic import Field

from u3edu.editing.draws import Draws
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point
from u3edu.editing.recipes.margins import Margin, lesion_outline, spicules
from u3edu.editing.recipes.recipe import THINNEST, Paint, Recipe


class Nodule(Recipe):
    """A solid nodule.

    Parameters
    ----------
    diameter : float
        The longest axis of its body in mm, without spicules, 3 to 60.
    margin : str
        ``"smooth"``, ``"lobulated"`` or ``"spiculated"``.
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    diameter: Annotated[float, Field(ge=3, le=60)]
    margin: Margin = "smooth"

    def operations(self, label_map: LabelMap, centre: Point, paint: Paint) -> tuple[EditOperation, ...]:
        """The operations that draw the nodule.

        Parameters
        ----------
        label_map : LabelMap
            For its spacing.
        centre : (row, column)
            In pixels.
        paint : Exemplar or int
            Its tissue, or one flat element.
        """
        draws = Draws(self.seed, 1)
        body = lesion_outline(self.diameter, self.margin, draws)
        strands: tuple[np.ndarray, ...] = ()
        if self.margin == "spiculated":
            strands = spicules(body, self.diameter, draws, THINNEST * max(label_map.acquisition.spacing))
        # The body comes last: its pattern covers the feet of the strands.
        return tuple(self.area_around(centre, shape, label_map, paint) for shape in (*strands, body))
