"""Marking a painted tumour: layer, depth, position and spared structures, each in words for the trainee."""

import numpy as np

from u3edu.quiz.mark import Part
from u3edu.quiz.painting import SMALLEST_MM2, PaintedTumour, PaintTask


def paint_parts(tumour: PaintedTumour, task: PaintTask) -> tuple[Part, ...]:
    """What is right and wrong about a painted tumour.

    Parameters
    ----------
    tumour : PaintedTumour
        From `u3edu.quiz.painting.measure_painting`.
    task : PaintTask

    Returns
    -------
    tuple of Part
        Layer; depth and position where they were asked for; what was to be spared, if anything;
        and paint that hangs together with the tumour.
    """
    if not tumour.painted.any():
        return (Part(name="paint", right=False, words="No tumour was painted: nothing became tumour."),)
    parts = [_layer(tumour, task)]
    if task.depth_mm is not None:
        parts.append(_depth(tumour, task, task.depth_mm))
    if task.place is not None:
        parts.append(_position(tumour, task))
    if task.spared:
        parts.append(_spared(tumour))
    parts.append(_piece(tumour))
    return tuple(parts)


def _layer(tumour: PaintedTumour, task: PaintTask) -> Part:
    right = tumour.deepest == task.target
    if right:
        words = f"The deepest layer reached is the {task.target}, as asked."
    elif not tumour.deepest:
        words = f"The tumour reaches no layer; it was to reach the {task.target}."
    elif _is_deeper(tumour.deepest, task):
        words = f"The tumour goes through the {task.target} and reaches the {tumour.deepest}."
    else:
        words = f"The tumour ends in the {tumour.deepest}; it was to reach the {task.target}."
    return Part(name="layer", right=right, words=words)


def _depth(tumour: PaintedTumour, task: PaintTask, depth_mm: float) -> Part:
    error = tumour.depth_mm - depth_mm
    asked = f"{depth_mm:g} mm (± {task.within_mm:g}) were asked for"
    words = f"It reaches {tumour.depth_mm:.1f} mm into the {task.target}; {asked}."
    if tumour.depth_mm == 0:
        words = f"It does not cross the inner border of the {task.target}; {asked}."
    return Part(name="depth", right=abs(error) <= task.within_mm, words=words)


def _position(tumour: PaintedTumour, task: PaintTask) -> Part:
    off = tumour.off_place_mm
    if off is None:
        return Part(
            name="position",
            right=False,
            words=f"There is no tumour in the {task.target} to look for its place.",
        )
    words = f"Its middle in the {task.target} lies {off:.1f} mm from the place that was asked for"
    words += f" (within {task.place_within_mm:g} mm is right)."
    return Part(name="position", right=off <= task.place_within_mm, words=words)


def _spared(tumour: PaintedTumour) -> Part:
    touched = {name: area for name, area in tumour.touched_mm2.items() if area >= SMALLEST_MM2}
    if not touched:
        spared = ", ".join(tumour.touched_mm2)
        return Part(name="spared", right=True, words=f"Spared as asked: {spared}.")
    listing = ", ".join(f"{name} ({area:.0f} mm²)" for name, area in touched.items())
    return Part(name="spared", right=False, words=f"These were to be spared and are painted over: {listing}.")


def _piece(tumour: PaintedTumour) -> Part:
    if tumour.stray_mm2 < SMALLEST_MM2:
        return Part(name="one piece", right=True, words="The new tumour hangs together with the old one.")
    words = f"{tumour.stray_mm2:.0f} mm² were painted apart from the tumour."
    return Part(name="one piece", right=False, words=words)


def _is_deeper(layer: str, task: PaintTask) -> bool:
    """Whether a layer lies outside the target; what is no layer lies outside all."""
    number = task.layer_names.index(layer)
    return number == 0 or number > task.layer_names.index(task.target)


def layer_picture(grey: np.ndarray, tumour: PaintedTumour, task: PaintTask) -> np.ndarray:
    """The picture with the painted tumour, the target layer's borders, and a cross at the deepest point.

    Parameters
    ----------
    grey : uint8 [H, W]
    tumour : PaintedTumour
    task : PaintTask

    Returns
    -------
    uint8 [H, W, 3]
        Tumour orange, inner border of the target layer blue, outer border white dots, cross
        magenta: colours that colour-blind people can tell apart.
    """
    picture = np.repeat(grey[..., None], 3, axis=2)
    picture[tumour.painted] = picture[tumour.painted] // 2 + np.array([230, 159, 0], np.uint8) // 2
    target = task.layer_names.index(task.target)
    layers = task.layers
    inside = (layers > 0) & (layers < target)
    picture[_outline(inside)] = (86, 180, 233)
    outer = _outline(inside | (layers == target))
    rows, columns = np.nonzero(outer)
    dotted = (rows + columns) % 4 < 2
    picture[rows[dotted], columns[dotted]] = 255
    if tumour.tip is not None:
        row, column = tumour.tip
        for away in range(-6, 7):
            for at in ((row + away, column), (row, column + away)):
                if 0 <= at[0] < grey.shape[0] and 0 <= at[1] < grey.shape[1]:
                    picture[at] = (204, 0, 160)
    return picture


def _outline(mask: np.ndarray) -> np.ndarray:
    """The pixels of a mask that touch something else above, below or beside."""
    padded = np.pad(mask, 1, mode="edge")
    core = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~core
