"""Label maps with known mixtures of elements, for tests of the tissue brush."""

import numpy as np
from scipy import ndimage

from u3edu.editing import Element, Exemplar, LabelMap
from u3edu.imaging.slice import Acquisition, IntensityScale, Window

ELEMENTS = tuple(Element(f"element {index}", "#000000", 0.0) for index in range(6))
ACQUISITION = Acquisition("MR", (0.5, 0.5), IntensityScale(1.0, 0.0, "signal"), (Window("full range", 0, 2),))
# Grain in pixels along rows and columns, and the shares at which one element follows another.
KINDS = {
    "speckled": ((0.8, 0.8), (0.2, 0.5, 0.8, 0.95)),
    "blotched": ((2.0, 2.0), (0.3, 0.7, 0.9)),
    "fibrous": ((1.0, 4.0), (0.5, 0.8)),
}


def mixture(kind, shape=(160, 160), seed=0):
    """A label map with one mixture all over."""
    grain, shares = KINDS[kind]
    field = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), grain, mode="wrap")
    labels = np.digitize(field, np.quantile(field, shares)).astype(np.uint8)
    return LabelMap(labels, ELEMENTS, ACQUISITION)


def disc(shape, centre, radius):
    """Pixels within a radius of a place, bool [H, W]."""
    rows, columns = np.indices(shape)
    return (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2


def round_exemplar(kind, diameter, seed=0):
    """An exemplar cut out of a mixture as a disc, as a nodule would be."""
    label_map = mixture(kind, seed=seed)
    return Exemplar.from_region(label_map, disc(label_map.shape, (80, 80), diameter / 2), name=kind)
