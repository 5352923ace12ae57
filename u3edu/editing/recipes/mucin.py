"""Mucinous signal: bright pools in a lesion."""

from typing import Annotated

import numpy as np
from pydantic import Field

from u3edu.editing.box import Box
from u3edu.editing.draws import Draws
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.outline import Point, check_corners, polygon_mask
from u3edu.editing.recipes.margins import lesion_outline
from u3edu.editing.recipes.recipe import Paint, Recipe

# More pools than this make no other picture, only a longer script.
_MOST_POOLS = 120
# After so many tries in a row without room for a pool there is none.
_MOST_TRIES = 100
# A pool is small: this many corners suffice.
_CORNERS = 24


class MucinPools(Recipe):
    """Pools of mucin, which shine on T2, in a lesion.

    A tumour is called mucinous where pools take up more than half of it (WHO classification of
    tumours of the digestive system, 5th edition).

    Parameters
    ----------
    share : float
        Of the lesion's area that the pools take up, 0.05 to 0.9.
    size : float
        Longest axis of the largest pool in mm, 1 to 20; the smallest has half of it.
    seed, mask, rim
        See `Recipe`.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a parameter out of its range.
    """

    share: Annotated[float, Field(ge=0.05, le=0.9)] = 0.55
    size: Annotated[float, Field(ge=1, le=20)] = 4.0

    def operations(
        self, label_map: LabelMap, lesion: tuple[Point, ...] | np.ndarray, paint: Paint
    ) -> tuple[EditOperation, ...]:
        """The operations that draw the pools.

        Parameters
        ----------
        label_map : LabelMap
        lesion : corners of a polygon (row, column), or bool [H, W]
            Pools lie wholly inside it.
        paint : Exemplar or int
            The mucin.

        Raises
        ------
        InvalidEdit
            If the lesion has no room for so many pools of this size.
        """
        spacing = np.asarray(label_map.acquisition.spacing)
        given = isinstance(lesion, np.ndarray) and lesion.dtype == bool
        inside = np.asarray(lesion) if given else polygon_mask(check_corners(lesion), label_map.shape)
        box = Box.around(inside)
        if box is None:
            raise InvalidEdit("the lesion has no pixel in the picture")
        # Everything happens in the lesion's own box, where it is quick.
        # A pixel more on each side, so that a pool which leaves it is seen to leave it.
        inside = np.pad(inside[box.slices], 1)
        corner = np.array([box.top - 1, box.left - 1])
        places = np.argwhere(inside)
        wanted = self.share * len(places)
        draws = Draws(self.seed, 5)
        free = inside.copy()
        pools: list[np.ndarray] = []
        covered = tries = 0
        while covered < wanted and len(pools) < _MOST_POOLS and tries < _MOST_TRIES:
            tries += 1
            size = self.size * float(draws.uniform(0.5, 1.0, 1)[0])
            outline = lesion_outline(size, "lobulated", draws, _CORNERS) / spacing
            outline = outline + places[draws.one_below(len(places))]
            pool = polygon_mask(check_corners(outline), inside.shape)
            new = int((pool & free).sum())
            # A pool that adds little, or leaves the lesion, is none; the last may not be too much.
            if new < pool.sum() / 3 or (pool & ~inside).any() or covered + new > wanted + pool.sum() / 2:
                continue
            free &= ~pool
            covered, tries = covered + new, 0
            pools.append(outline + corner)
        if covered < 0.85 * wanted:
            raise InvalidEdit(
                f"pools of {self.size:g} mm fill only {covered / len(places):.0%} of this lesion, "
                f"not {self.share:.0%}: make them smaller, or take up less of the lesion"
            )
        return tuple(self.area(outline, paint) for outline in pools)
