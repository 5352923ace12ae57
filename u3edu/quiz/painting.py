"""Grading a painted tumour from the label map: how deep it goes, where, and what it spares."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from u3edu.editing.difference import edited_pixels
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.phantom.truth import depth_beyond
from u3edu.quiz.errors import InvalidQuiz

# Less than this of a layer or a structure is the edge of a brush, not an invasion.
SMALLEST_MM2 = 1.0


@dataclass(frozen=True, eq=False)
class PaintTask:
    """What was to be painted, with the truth about where everything is.

    Parameters
    ----------
    layers : uint8 [H, W]
        Layers numbered from the inside out; 0 is no layer.
    layer_names : tuple of str
        The name of each number, ``layer_names[0]`` for what is no layer.
    lesion : bool [H, W]
        The tumour before the edit; nothing where there was none.
    tumour_elements : tuple of int
        Elements that count as tumour where they are painted.
    target : str
        The deepest layer that the tumour is to reach.
    depth_mm, within_mm : float
        How far into that layer, from its inner border, and how exactly; None for any depth.
    place : (row, column) or None
        Where in that layer, in pixels.
    place_within_mm : float
    spared : dict of str to bool [H, W]
        Structures that are not to be painted.
    """

    layers: np.ndarray
    layer_names: tuple[str, ...]
    lesion: np.ndarray
    tumour_elements: tuple[int, ...]
    target: str
    depth_mm: float | None
    within_mm: float
    place: tuple[float, float] | None
    place_within_mm: float
    spared: dict[str, np.ndarray]

    def __post_init__(self) -> None:
        if self.target not in self.layer_names[1:]:
            raise InvalidQuiz(f"no layer {self.target!r}; there are {', '.join(self.layer_names[1:])}")
        if int(self.layers.max()) >= len(self.layer_names):
            raise InvalidQuiz(f"the map has layer {self.layers.max()}; {len(self.layer_names)} have a name")
        for name, mask in {"the tumour": self.lesion, **self.spared}.items():
            if mask.shape != self.layers.shape:
                raise InvalidQuiz(
                    f"{name}: {mask.shape} pixels; the map of the layers has {self.layers.shape}"
                )


@dataclass(frozen=True, eq=False)
class PaintedTumour:
    """What was painted, measured.

    Parameters
    ----------
    painted : bool [H, W]
        Pixels whose element became one of the tumour's, in one piece with the tumour.
    stray_mm2 : float
        Painted area apart from it.
    deepest : str
        The outermost layer that the tumour reaches; empty without a tumour.
    depth_mm : float
        How far the tumour reaches into the target layer from its inner border, towards the
        outside; beyond the target it counts on.
    tip : (row, column) or None
        The pixel furthest out.
    off_place_mm : float or None
        From the asked place to the middle of the tumour in the target layer; None where no place
        was asked for or the layer was not reached.
    touched_mm2 : dict of str to float
        Painted area of each structure that was to be spared.
    """

    painted: np.ndarray
    stray_mm2: float
    deepest: str
    depth_mm: float
    tip: tuple[int, int] | None
    off_place_mm: float | None
    touched_mm2: dict[str, float]


def measure_painting(before: LabelMap, after: LabelMap, task: PaintTask) -> PaintedTumour:
    """Measure what an edit made of a tumour.

    Parameters
    ----------
    before, after : LabelMap
        Of the same size as the task's layers; spacing in mm from `after`.
    task : PaintTask

    Returns
    -------
    PaintedTumour
        Depths are distances between pixel centres (`u3edu.imaging.phantom.truth.depth_beyond`),
        and so exact to about half a pixel.

    Raises
    ------
    InvalidQuiz
        If the maps differ in size from the layers, or no layer lies inside the target.
    """
    if after.shape != task.layers.shape:
        raise InvalidQuiz(f"the layers have {task.layers.shape} pixels, the label map {after.shape}")
    edited = edited_pixels(before, after)
    like = np.isin(after.labels, task.tumour_elements)
    painted = edited & like
    lesion, stray = _in_one_piece((task.lesion & ~(edited & ~like)) | painted, task.lesion)
    spacing = after.acquisition.spacing
    pixel = spacing[0] * spacing[1]
    target = task.layer_names.index(task.target)
    inside = (task.layers > 0) & (task.layers < target)
    if not inside.any():
        raise InvalidQuiz(f"no layer lies inside {task.target}; there is no border to measure from")
    areas = np.bincount(task.layers[lesion], minlength=len(task.layer_names)) * pixel
    reached = np.flatnonzero(areas[1:] >= SMALLEST_MM2) + 1
    outward = np.where(lesion & ~inside, ndimage.distance_transform_edt(~inside, sampling=spacing), 0)
    tip = np.unravel_index(outward.argmax(), outward.shape) if outward.any() else None
    where = lesion & (task.layers == target)
    return PaintedTumour(
        painted=painted & lesion,
        stray_mm2=float((stray & painted).sum() * pixel),
        deepest=_deepest(task, reached, areas[0]),
        depth_mm=depth_beyond(lesion, inside, spacing),
        tip=None if tip is None else (int(tip[0]), int(tip[1])),
        off_place_mm=_off_place(where & painted if (where & painted).any() else where, task.place, spacing),
        touched_mm2={name: float((mask & painted).sum() * pixel) for name, mask in task.spared.items()},
    )


def _in_one_piece(lesion: np.ndarray, root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pieces that hang together with the first tumour, or the largest one, and all the rest."""
    pieces, count = ndimage.label(lesion, np.ones((3, 3)))
    if not count:
        return lesion, np.zeros_like(lesion)
    kept = np.unique(pieces[root & lesion])
    if not kept.size:
        kept = np.array([np.bincount(pieces[lesion]).argmax()])
    main = np.isin(pieces, kept)
    return main, lesion & ~main


def _deepest(task: PaintTask, reached: np.ndarray, beyond_mm2: float) -> str:
    """The outermost layer reached; what lies beyond all layers counts where the target was passed."""
    if reached.size and reached[-1] == len(task.layer_names) - 1 and beyond_mm2 >= SMALLEST_MM2:
        return task.layer_names[0]
    return task.layer_names[reached[-1]] if reached.size else ""


def _off_place(
    where: np.ndarray, place: tuple[float, float] | None, spacing: tuple[float, float]
) -> float | None:
    """From a place to the middle of a region, in mm."""
    if place is None or not where.any():
        return None
    return float(np.hypot(*((np.argwhere(where).mean(axis=0) - place) * spacing)))
