"""A cavity, in a lesion or with a wall of its own."""

from typing import Annotated

from pydantic import Field

from u3edu.editing.draws import Draws
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point
from u3edu.editing.recipes.margins import lesion_outline, widened
from u3edu.editing.recipes.recipe import Paint, Recipe


class Cavity(Recipe):
    """A cavity.

    Parameters
    ----------
    diameter : float
        The longest axis of the cavity in mm, 2 to 60.
    wall : float
        Thickness in mm of a wall around it, up to 20; 0 for none of its own: it lies in a lesion.
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    diameter: Annotated[float, Field(ge=2, le=60)]
    wall: Annotated[float, Field(ge=0, le=20)] = 0.0

    def operations(
        self, label_map: LabelMap, centre: Point, paint: Paint, wall: Paint | None = None
    ) -> tuple[EditOperation, ...]:
        """The operations that draw the cavity.

        Parameters
        ----------
        label_map : LabelMap
            For its spacing.
        centre : (row, column)
            In pixels.
        paint : Exemplar or int
            What is in the cavity: air, fluid.
        wall : Exemplar or int, optional
            What its own wall is made of.

        Raises
        ------
        InvalidEdit
            If it has a wall and nothing to paint it with.
        """
        if self.wall and wall is None:
            raise InvalidEdit("a cavity with a wall of its own needs a tissue or an element for the wall")
        inner = lesion_outline(self.diameter, "lobulated", Draws(self.seed, 3))
        if not self.wall or wall is None:
            return (self.area_around(centre, inner, label_map, paint),)
        outer = widened(inner, self.wall)
        return (
            self.area_around(centre, outer, label_map, wall),
            self.area_around(centre, inner, label_map, paint, mask=self.mask_over(wall)),
        )
