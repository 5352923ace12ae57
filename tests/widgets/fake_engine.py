"""A tiny engine with the promises of a real one: exact resynthesis, and a halo of two pixels."""

import numpy as np
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Window

ELEMENTS = (
    Element("air", "#000000", -0.95),
    Element("dark fluid", "#56b4e9", -0.6),
    Element("muscle", "#d55e00", -0.35),
    Element("bowel wall", "#009e73", -0.15),
    Element("tumour-like", "#e69f00", 0.05),
    Element("prostate", "#cc79a7", 0.2),
    Element("mesorectum", "#0072b2", 0.35),
    Element("fat", "#f0e442", 0.55),
    Element("bright fat", "#332288", 0.7),
    Element("bright fluid", "#ffffff", 0.9),
)


class FakeEngine:
    """Each element's mean intensity, smoothed over five pixels."""

    name = "fake"
    elements = ELEMENTS
    halo = 2
    note = ""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def segment(self, picture: Slice) -> LabelMap:
        self.calls.append("segment")
        means = np.array([element.mean for element in self.elements])
        labels = np.abs(picture.pixels[..., None] - means).argmin(axis=-1)
        return LabelMap(labels, self.elements, picture.acquisition)

    def synthesize(self, label_map: LabelMap) -> Slice:
        self.calls.append("synthesize")
        return self._marked(label_map, self._decode(label_map.labels))

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        self.calls.append("resynthesize")
        rim = box.grow(self.halo).clip(label_map.shape)
        seen = rim.grow(self.halo).clip(label_map.shape)
        pixels = previous.pixels.copy()
        pixels[rim.slices] = self._decode(label_map.labels[seen.slices])[rim.relative_to(seen).slices]
        return self._marked(label_map, pixels)

    def _decode(self, labels: np.ndarray) -> np.ndarray:
        means = np.array([element.mean for element in self.elements], np.float32)
        weights = np.full(2 * self.halo + 1, 1 / (2 * self.halo + 1))
        rows = ndimage.convolve1d(means[labels], weights, axis=0, mode="nearest")
        return ndimage.convolve1d(rows, weights, axis=1, mode="nearest")

    def _marked(self, label_map: LabelMap, pixels: np.ndarray) -> Slice:
        return Slice(np.zeros(label_map.shape), label_map.acquisition).with_pixels(pixels, synthetic=True)


def acquisition(modality: str = "MR", spacing: tuple[float, float] = (0.5, 0.5)) -> Acquisition:
    """Geometry and windows of a picture; CT in HU, MR without a unit."""
    if modality == "CT":
        scale = IntensityScale(2048.0, 0.0, "HU")
        windows = (Window("mediastinum", 20, 400), Window("lung", -550, 1500))
    else:
        scale = IntensityScale(500.0, 500.0, "signal")
        windows = (Window("full range", 500, 1000), Window("soft tissue", 450, 500))
    return Acquisition(modality, spacing, scale, windows)


def pelvis(size: int = 64, modality: str = "MR") -> Slice:
    """Nested ovals, roughly where the organs of a pelvis lie."""
    row, column = np.mgrid[:size, :size] / (size - 1) - 0.5
    pixels = np.full((size, size), -0.95)
    for centre, radii, value in (
        ((0.0, 0.0), (0.42, 0.47), 0.55),
        ((0.05, -0.28), (0.25, 0.12), -0.35),
        ((0.05, 0.28), (0.25, 0.12), -0.35),
        ((-0.15, 0.0), (0.14, 0.16), 0.9),
        ((0.05, 0.0), (0.1, 0.13), 0.2),
        ((0.25, 0.0), (0.11, 0.13), -0.15),
        ((0.25, 0.0), (0.07, 0.09), -0.6),
    ):
        inside = ((row - centre[0]) / radii[0]) ** 2 + ((column - centre[1]) / radii[1]) ** 2 < 1
        pixels[inside] = value
    noise = np.random.default_rng(3).normal(0, 0.04, pixels.shape)
    return Slice(np.clip(pixels + noise, -1, 1), acquisition(modality))
