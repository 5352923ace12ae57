"""One layer deeper, one layer back: a lesion's front moves along the normal of the wall."""

from typing import Literal

import numpy as np
from scipy import ndimage

from u3edu.editing.context import EditContext, needed_context
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.margin import ROUNDING
from u3edu.editing.mask import ElementIndex
from u3edu.editing.outline import Millimetres, Place
from u3edu.editing.painting import MaskedOperation
from u3edu.editing.region import fill_from_nearest
from u3edu.editing.wall import TOUCHING, Lumen, normals_from_region, piece_near, walk

# No layer of a wall is as thick as this, in mm.
_THICKEST = 40.0
# The part of the front where the next layer is looked for: its deepest quarter.
_DEEPEST = 0.75
# What is left of a layer counts as crossed below this many pixels.
_REST = 1.5
_STEPS_PER_PIXEL = 4


class LayerMove(MaskedOperation):
    """A move of a lesion's front along the outward normal of the wall.

    The lesion is the connected piece near a point of certain elements, or of what was edited.
    The normals point away from the lumen of the base map; without a lumen, away from the lesion.

    Parameters
    ----------
    point : (row, column)
        In the lesion, or within 10 mm of it.
    elements : tuple of int
        What the lesion is made of; with none, it is what differs from the base map.
    lumen : (row, column), optional
        A point in the lumen.
    lumen_elements : tuple of int
        What the lumen is made of; with none, the point itself stands for it.
    millimetres : float, optional
        How far the front moves. None for the thickness of a layer, measured along the normals
        at the deepest quarter of the front.
    """

    point: Place
    elements: tuple[ElementIndex, ...] = ()
    lumen: Place | None = None
    lumen_elements: tuple[ElementIndex, ...] = ()
    millimetres: Millimetres | None = None

    def named_elements(self) -> tuple[int, ...]:
        """The elements of lesion and lumen, and those of the mask."""
        return (*self.elements, *self.lumen_elements, *super().named_elements())

    def _lesion(self, labels: np.ndarray, context: EditContext) -> np.ndarray:
        """The lesion's pixels, bool [H, W]."""
        if self.elements:
            return piece_near(np.isin(labels, self.elements), self.point, context.spacing, "such lesion")
        # Where an edit happens to paint what was there, the lesion has no hole.
        edited = ndimage.binary_closing(np.pad(labels != context.base.labels, 1), TOUCHING)[1:-1, 1:-1]
        return piece_near(edited, self.point, context.spacing, "edited region")

    def _normals(
        self, lesion: np.ndarray, places: np.ndarray, context: EditContext
    ) -> tuple[np.ndarray, np.ndarray]:
        """Outward normals at pixels [N, 2], and their distance from the lumen or lesion in mm."""
        if self.lumen is None:
            return normals_from_region(lesion, places, context.spacing)
        lumen = Lumen.around(context.base, self.lumen, self.lumen_elements)
        return lumen.normals(places * np.asarray(context.spacing))


class OneLayerDeeper(LayerMove):
    """Let a lesion advance through the next layer, or by some mm; see `LayerMove`.

    The next layer is the element directly beyond the front. The lesion's own pattern continues
    into the new part, mirrored at the old front. The lumen's own elements are never overgrown.
    """

    kind: Literal["one_layer_deeper"] = "one_layer_deeper"

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the lesion's front further out."""
        context = needed_context(context, "one layer deeper")
        spacing = context.spacing
        lesion = self._lesion(labels, context)
        distance = ndimage.distance_transform_edt(~lesion, sampling=spacing)
        depth = self.millimetres or self._next_layer(labels, lesion, distance, context)
        # The lesion ends half a pixel beyond the centres of its last pixels.
        free = ~lesion & ~np.isin(context.base.labels, self.lumen_elements)
        places = np.argwhere(free & (distance <= depth + max(spacing)))
        normals, _ = self._normals(lesion, places, context)
        steps = np.arange(0.0, depth + ROUNDING, min(spacing) / _STEPS_PER_PIXEL)
        hits = walk(lesion, places, -normals, steps, spacing)
        reached = hits.any(axis=1)
        places, normals = places[reached], normals[reached]
        back = steps[hits[reached].argmax(axis=1)]
        front = places - normals * back[:, None] / np.asarray(spacing)
        mirrored = front - normals * back[:, None] / np.asarray(spacing)
        limit = np.asarray(labels.shape) - 1
        front, mirrored = (np.clip(np.floor(at + 0.5).astype(int), 0, limit) for at in (front, mirrored))
        source = np.where(lesion[tuple(mirrored.T)][:, None], mirrored, front)
        moved = labels.copy()
        moved[tuple(places.T)] = labels[tuple(source.T)]
        return moved

    def _next_layer(
        self, labels: np.ndarray, lesion: np.ndarray, distance: np.ndarray, context: EditContext
    ) -> float:
        """Thickness in mm of the element that lies beyond the deepest part of the front."""
        rim = np.argwhere(~lesion & ndimage.binary_dilation(lesion, TOUCHING))
        normals, depth = self._normals(lesion, rim, context)
        pixel = min(context.spacing)
        outer = walk(lesion, rim, -normals, np.array([pixel]), context.spacing)[:, 0]
        return _layer_thickness(labels, rim[outer], normals[outer], depth[outer], context)


class OneLayerBack(LayerMove):
    """Let a lesion retreat by the layer that its front stands in, or by some mm; see `LayerMove`.

    The layer is that of the base map, whose elements come back where the lesion was painted;
    where it was there from the start, the nearest other element takes its place.
    """

    kind: Literal["one_layer_back"] = "one_layer_back"

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the lesion's front further in."""
        context = needed_context(context, "one layer back")
        spacing = context.spacing
        lesion = self._lesion(labels, context)
        places = np.argwhere(lesion)
        normals, distance = self._normals(lesion, places, context)
        pixel = min(spacing)
        depth = self.millimetres or self._layer_under(labels, lesion, places, normals, distance, context)
        steps = np.arange(0.0, depth + ROUNDING, pixel / _STEPS_PER_PIXEL)
        freed = np.zeros_like(lesion)
        freed[tuple(places[~walk(lesion, places, normals, steps, spacing).all(axis=1)].T)] = True
        base = context.base.labels
        painted = freed & (base != labels) if self.elements else freed
        moved = np.where(painted, base, labels)
        return fill_from_nearest(moved, freed & ~painted, ~lesion, spacing)

    def _layer_under(
        self,
        labels: np.ndarray,
        lesion: np.ndarray,
        places: np.ndarray,
        normals: np.ndarray,
        distance: np.ndarray,
        context: EditContext,
    ) -> float:
        """Thickness in mm of the base map's layer in which the deepest part of the front stands."""
        pixel = min(context.spacing)
        front = ~walk(lesion, places, normals, np.array([pixel]), context.spacing)[:, 0]
        base = context.base.labels
        rows, columns = places[front].T
        if self.elements and front.any() and (base[rows, columns] == labels[rows, columns]).mean() > 0.5:
            raise InvalidEdit(
                "the lesion was there before the edit, so that the layers under it are not known; "
                "say by how many mm it retreats"
            )
        return _layer_thickness(base, places[front], -normals[front], distance[front], context)


def _layer_thickness(
    labels: np.ndarray, front: np.ndarray, normals: np.ndarray, depth: np.ndarray, context: EditContext
) -> float:
    """Median thickness in mm of the element at the deepest quarter of a front, along normals."""
    if len(front) == 0:
        raise InvalidEdit("the lesion has no front along the wall's normal; say by how many mm it moves")
    deepest = depth >= np.quantile(depth, _DEEPEST)
    front, normals = front[deepest], normals[deepest]
    pixel = min(context.spacing)
    steps = np.arange(0.0, _THICKEST, pixel / _STEPS_PER_PIXEL)
    met = walk(labels, front, normals, steps, context.spacing)
    end = 0
    # The rest of a layer that the front has all but crossed is crossed with the next one.
    while end < _REST * _STEPS_PER_PIXEL:
        end = _end_of_layer(met, end)
    if end >= len(steps):
        raise InvalidEdit("beyond the front lies one element alone; say by how many mm the lesion moves")
    # From half a pixel before the front pixel's centre, where it begins.
    return float(steps[end] + pixel / 2)


def _end_of_layer(met: np.ndarray, start: int) -> int:
    """The step at which the element that most rays meet at `start` ends, median over those rays.

    Parameters
    ----------
    met : uint8 [N, T]
        Labels along each ray.
    start : int

    Returns
    -------
    int
        More than `start`; T where the element does not end.
    """
    layer = np.bincount(met[:, start]).argmax()
    gone = met[met[:, start] == layer, start:] != layer
    # It ends where it is gone and stays gone for more than a pixel: a speck of another is no end.
    size = _STEPS_PER_PIXEL + 2
    gone = ndimage.minimum_filter1d(gone, size, axis=1, origin=-(size // 2))
    ends = np.where(gone.any(axis=1), gone.argmax(axis=1), gone.shape[1])
    return start + max(int(np.median(ends)), 1)
