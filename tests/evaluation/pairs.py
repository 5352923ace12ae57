"""Pairs of pictures with known differences, for the measures of realism."""

import numpy as np

from u3edu.editing.label_map import Element, LabelMap
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.slice import Slice

ELEMENTS = (Element("dark", "#000000", -0.5), Element("bright", "#ffffff", 0.5))


def picture(pixels: np.ndarray) -> Slice:
    """A slice whose pixels are exactly these."""
    return slice_from_array(np.zeros((8, 8), dtype=np.float32), modality="MR").with_pixels(pixels)


def pair(
    real: np.ndarray, made: np.ndarray, labels: np.ndarray | None = None, body: np.ndarray | None = None
) -> Reconstructed:
    """A reconstruction of known pixels beside its original, all of it body unless said otherwise."""
    labels = np.zeros(real.shape, dtype=np.uint8) if labels is None else labels
    body = np.ones(real.shape, dtype=bool) if body is None else body
    original = picture(real)
    return Reconstructed(original, LabelMap(labels, ELEMENTS, original.acquisition), picture(made), body)


def white(seed: int, shape: tuple[int, int] = (256, 256), sigma: float = 0.1) -> np.ndarray:
    """Independent normal noise, float32."""
    numbers = np.random.default_rng(seed)
    return np.clip(numbers.normal(0, sigma, shape), -1, 1).astype(np.float32)


def stripes(shape: tuple[int, int] = (256, 256), width: int = 32) -> np.ndarray:
    """Vertical bands of elements 0 and 1, uint8."""
    return ((np.arange(shape[1]) // width % 2) * np.ones((shape[0], 1))).astype(np.uint8)
