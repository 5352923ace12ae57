"""Phantoms as label maps, and what recipes are measured with."""

from functools import cache

import numpy as np
from scipy import ndimage

from u3edu.editing import EditScript, Element, Exemplar, LabelMap
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import Phantom


def label_map_of(phantom: Phantom) -> LabelMap:
    """The phantom's true tissues as a label map."""
    elements = tuple(Element(name, "#000000", 0.0) for name in phantom.tissue_names)
    return LabelMap(phantom.tissues, elements, phantom.picture.acquisition)


@cache
def pelvis(seed: int) -> tuple[Phantom, LabelMap]:
    phantom = pelvic_phantom(seed, healthy=True, shape=(260, 200))
    return phantom, label_map_of(phantom)


@cache
def chest(seed: int) -> tuple[Phantom, LabelMap, tuple[float, float]]:
    """A healthy chest, and the place deepest in its lungs."""
    phantom = chest_phantom(seed, healthy=True)
    room = ndimage.distance_transform_edt(phantom.mask("lung"))
    return (
        phantom,
        label_map_of(phantom),
        tuple(float(x) for x in np.unravel_index(room.argmax(), room.shape)),
    )


def apply(operations, label_map: LabelMap) -> LabelMap:
    return EditScript(operations=operations).apply(label_map)[0]


def mixed(*elements: int) -> Exemplar:
    """An exemplar in which some elements alternate."""
    chosen = np.random.default_rng(0).integers(0, len(elements), (12, 12))
    return Exemplar.from_labels(np.kron(np.asarray(elements)[chosen], np.ones((2, 2), int)).astype(np.uint8))
