"""What a painting question of a case is graded against: layers of a phantom, or of a map in the case."""

import numpy as np
from PIL import Image
from scipy import ndimage

from u3edu.cases.base import PhantomBase
from u3edu.cases.pictures import base_phantom, check_png
from u3edu.cases.problem import InvalidCase
from u3edu.cases.question import PaintItAnswer
from u3edu.cases.reading import ANSWERS_FILE
from u3edu.cases.rendering import CaseRenderer
from u3edu.cases.schema import Stage
from u3edu.editing.difference import edited_pixels
from u3edu.editing.label_map import LabelMap
from u3edu.quiz.painting import PaintTask

# Gaps of up to twice as many pixels in what a stage painted had the tumour's element before.
_CLOSED_PIXELS = 3
# What captions call the layers that phantoms name otherwise.
_PHANTOM_NAMES = {"mesorectal fat": "mesorectum"}


def paint_task(
    drawing: CaseRenderer, question: str, stage: Stage, labels: LabelMap, answer: PaintItAnswer
) -> PaintTask:
    """The task of a painting question.

    The tumour before the edit is what the stage's own edits painted, with what lay between and had
    its elements already; these, or those of the other stages where this one has none, count as tumour.

    Parameters
    ----------
    drawing : CaseRenderer
        Of the case.
    question : str
        Its id, for messages.
    stage : Stage
        Where the painting starts.
    labels : LabelMap
        The elements of that stage.
    answer : PaintItAnswer

    Raises
    ------
    InvalidCase
        If there is no map of the layers, it doesn't fit, no stage paints a tumour, or a structure
        to be spared has no such element.
    """

    def refuse(field: str, reason: str) -> InvalidCase:
        return InvalidCase.at(ANSWERS_FILE, f"answers.{question}.{field}", reason)

    layers, names = _layers(drawing, answer)
    if layers is None:
        raise refuse("layers", "nobody knows the layers of this picture; name a map of them, and layer_names")
    if layers.shape != labels.shape:
        raise refuse("layers", f"the map has {layers.shape} pixels, and the base image {labels.shape}")
    if layers.max() >= len(names):
        raise refuse(
            "layer_names", f"the map has layer {layers.max()}, and there are {len(names)} names from 0"
        )
    target = answer.layer if answer.layer in names else _PHANTOM_NAMES.get(answer.layer, answer.layer)
    if target not in names[1:]:
        raise refuse("layer", f"no layer {answer.layer!r}; there are {', '.join(names[1:])}")
    lesion = edited_pixels(drawing.labels, labels)
    elements = np.unique(labels.labels[lesion])
    if not elements.size:
        others = [drawing.stage_labels(one) for one in drawing.case.stages if one.script]
        painted = [one.labels[edited_pixels(drawing.labels, one)] for one in others]
        elements = np.unique(np.concatenate(painted)) if painted else elements
    if not elements.size:
        raise refuse("kind", "no stage paints a tumour, so that nobody knows which elements count as one")
    between = ndimage.binary_closing(lesion, np.ones((3, 3)), iterations=_CLOSED_PIXELS)
    lesion |= between & np.isin(labels.labels, elements)
    known = {element.name: number for number, element in enumerate(labels.elements)}
    for name in answer.spare:
        if name not in known:
            raise refuse("spare", f"no element {name!r}; there are {', '.join(known)}")
    return PaintTask(
        layers=layers,
        layer_names=names,
        lesion=lesion,
        tumour_elements=tuple(int(number) for number in elements),
        target=target,
        depth_mm=answer.depth_mm,
        within_mm=answer.within_mm,
        place=None,
        place_within_mm=8.0,
        spared={name: (labels.labels == known[name]) & ~lesion for name in answer.spare},
    )


def _layers(drawing: CaseRenderer, answer: PaintItAnswer) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """The map of the layers and their names: the case's own, or those of its phantom."""
    if answer.layers is not None:
        check_png(drawing.folder, answer.layers)
        with Image.open(drawing.folder / answer.layers, formats=["PNG"]) as image:
            return np.asarray(image.convert("L") if image.mode != "P" else image), answer.layer_names
    base = drawing.case.base
    if isinstance(base, PhantomBase):
        phantom = base_phantom(base)
        if phantom.layers.any():
            return phantom.layers, phantom.layer_names
    return None, ()
