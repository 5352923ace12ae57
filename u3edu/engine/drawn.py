"""From a decoder's pixels to the picture that goes with a label map, in every engine alike."""

from dataclasses import replace

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.shown import given_back
from u3edu.imaging.slice import Slice


def whole_picture(pixels: np.ndarray, label_map: LabelMap) -> Slice:
    """The picture of a label map, of a decoder's pixels float32 [H, W]."""
    acquisition = label_map.acquisition
    given = given_back(pixels, acquisition, label_map.shape)
    return Slice(given, replace(acquisition, synthetic=True, in_place=False))


def changed_picture(previous: Slice, box: Box, pixels: np.ndarray, label_map: LabelMap) -> Slice:
    """The picture before a change, with a decoder's pixels in the box that the change reaches."""
    changed = previous.pixels.copy()
    changed[box.slices] = given_back(pixels, label_map.acquisition, label_map.shape, box.slices)
    return previous.with_pixels(changed, synthetic=True)
