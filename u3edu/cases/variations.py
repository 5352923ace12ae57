"""Captions made wrong on purpose: another layer, another size, the other side."""

from typing import Any

import numpy as np

from u3edu.cases.caption import Caption, LungNodule, NoLesion, RectalTumour
from u3edu.cases.question import Variation
from u3edu.cases.staging.lung import LUNG_LAYERS
from u3edu.cases.staging.rectum import RECTAL_LAYERS

# A length that a reader with a ruler must tell from the true one.
_SMALLER, _LARGER = (0.35, 0.6), (1.7, 2.5)
_MIRRORED = {"right": "left", "left": "right", "anterior": "posterior", "posterior": "anterior"}
_OPPOSITE_LOBES: dict[str, tuple[str, ...]] = {
    "right upper lobe": ("left upper lobe",),
    "middle lobe": ("left upper lobe",),
    "right lower lobe": ("left lower lobe",),
    "left upper lobe": ("right upper lobe", "middle lobe"),
    "left lower lobe": ("right lower lobe",),
}
_ORGANS = ("prostate", "bladder", "seminal vesicles")


class NoVariation(ValueError):
    """A caption that cannot be made wrong in the way asked for; the message says why."""


def varied(caption: Caption, variation: Variation, seed: int) -> Caption:
    """A caption with one thing changed; ``"none"`` gives it back as it is.

    See `wrong_layer`, `wrong_size` and `wrong_side`, also for what is raised.
    """
    if variation == "none":
        return caption
    return {"wrong_layer": wrong_layer, "wrong_size": wrong_size, "wrong_side": wrong_side}[variation](
        caption, seed
    )


def wrong_layer(caption: Caption, seed: int) -> Caption:
    """The same lesion with another deepest layer, and the category that goes with it.

    Parameters
    ----------
    caption : NoLesion, RectalTumour or LungNodule
    seed : int
        Draws the layer; one seed gives one caption.

    Raises
    ------
    NoVariation
        If there is no lesion.
    """
    caption, rng = _lesion(caption), np.random.default_rng(seed)
    if isinstance(caption, LungNodule):
        layers = [layer for layer in LUNG_LAYERS if layer != caption.deepest_layer]
        return _restaged(caption, {"deepest_layer": layers[rng.integers(len(layers))]})
    others = [layer for layer in RECTAL_LAYERS if layer != caption.deepest_layer]
    other = others[rng.integers(len(others))]
    leaves_wall = RECTAL_LAYERS.index(other) > RECTAL_LAYERS.index("muscularis propria")
    depth = caption.depth_mm or float(rng.integers(2, 13))
    organ = _ORGANS[rng.integers(len(_ORGANS))]
    return _restaged(
        caption,
        {
            "deepest_layer": other,
            "depth_mm": depth if leaves_wall else None,
            "organ": organ if other == "neighbouring organ" else None,
        },
    )


def wrong_size(caption: Caption, seed: int) -> Caption:
    """The same lesion, 1.7 to 2.5 times as large or 0.35 to 0.6 times, and its category.

    A part-solid nodule's solid part changes alike; a rectal tumour's depth stays.

    Raises
    ------
    NoVariation
        If there is no lesion.
    """
    caption, rng = _lesion(caption), np.random.default_rng(seed)
    # Small lesions only grow, so that whole mm tell the difference; huge ones only shrink.
    shrink = caption.size_mm > 100 or (caption.size_mm >= 6 and rng.random() < 0.5)
    factor = rng.uniform(*(_SMALLER if shrink else _LARGER))
    size = float(round(caption.size_mm * factor))
    changed: dict[str, Any] = {"size_mm": size}
    if isinstance(caption, LungNodule) and caption.solid_mm is not None:
        changed["solid_mm"] = min(float(max(1, round(caption.solid_mm * factor))), size - 1)
    return _restaged(caption, changed)


def wrong_side(caption: Caption, seed: int) -> Caption:
    """The same lesion on the opposite side: left for right, and of a midline wall, front for back.

    Raises
    ------
    NoVariation
        If there is no lesion.
    """
    caption, rng = _lesion(caption), np.random.default_rng(seed)
    if isinstance(caption, RectalTumour):
        first, *rest = caption.wall.split()
        return _restaged(caption, {"wall": " ".join([_MIRRORED[first], *rest])})
    lobes = _OPPOSITE_LOBES[caption.lobe]
    return _restaged(caption, {"lobe": lobes[rng.integers(len(lobes))]})


def _lesion(caption: Caption) -> RectalTumour | LungNodule:
    """The caption, which has a lesion."""
    if isinstance(caption, NoLesion):
        raise NoVariation("a caption without a lesion has no layer, size or side to be wrong about")
    return caption


def _restaged(caption: RectalTumour | LungNodule, changed: dict[str, Any]) -> Caption:
    """The caption with fields changed, and its category worked out anew."""
    unchecked = type(caption).model_construct(**(dict(caption) | changed))
    staging = caption.staging.model_copy(update={"category": unchecked.category()})
    # Built again, so that the fields are checked against each other.
    return type(caption)(**(dict(unchecked) | {"staging": staging}))
