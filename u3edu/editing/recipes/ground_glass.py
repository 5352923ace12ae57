"""A ground-glass nodule, pure or with a solid part."""

from typing import Annotated

from pydantic import Field

from u3edu.editing.draws import Draws
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point
from u3edu.editing.recipes.margins import lesion_outline
from u3edu.editing.recipes.recipe import Paint, Recipe


class GroundGlassNodule(Recipe):
    """A ground-glass nodule.

    Parameters
    ----------
    diameter : float
        The longest axis in mm, 3 to 60.
    solid_share : float
        Diameter of the solid part as a share of the nodule's, 0 (pure ground glass) to 0.8.
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    diameter: Annotated[float, Field(ge=3, le=60)]
    solid_share: Annotated[float, Field(ge=0, le=0.8)] = 0.0

    def operations(
        self, label_map: LabelMap, centre: Point, paint: Paint, solid: Paint | None = None
    ) -> tuple[EditOperation, ...]:
        """The operations that draw the nodule.

        Parameters
        ----------
        label_map : LabelMap
            For its spacing.
        centre : (row, column)
            In pixels.
        paint : Exemplar or int
            The ground glass.
        solid : Exemplar or int, optional
            The solid part.

        Raises
        ------
        InvalidEdit
            If the nodule has a solid part and nothing to paint it with.
        """
        if self.solid_share and solid is None:
            raise InvalidEdit("a part-solid nodule needs a tissue or an element for its solid part")
        draws = Draws(self.seed, 2)
        body = lesion_outline(self.diameter, "lobulated", draws)
        drawn = [self.area_around(centre, body, label_map, paint)]
        if self.solid_share and solid is not None:
            core = lesion_outline(self.diameter * self.solid_share, "lobulated", draws)
            # Off the middle by at most a quarter of the room that it has.
            room = self.diameter * (1 - self.solid_share) / 8
            core = core + draws.uniform(-room, room, 2)
            drawn.append(self.area_around(centre, core, label_map, solid, mask=self.mask_over(paint)))
        return tuple(drawn)
