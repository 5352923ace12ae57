"""A LabelMap: which anatomical element each pixel belongs to."""

from dataclasses import dataclass

import numpy as np

from u3edu.imaging.slice import Acquisition


@dataclass(frozen=True)
class Element:
    """One anatomical element (cluster) of a model.

    Parameters
    ----------
    name : str
        What it mostly is, for example ``"muscle"``.
    colour : str
        ``"#rrggbb"`` from a palette that colour-blind people can tell apart.
    mean : float
        Mean intensity of its pixels in the training data, in [-1, 1].
    """

    name: str
    colour: str
    mean: float

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0 to 255."""
        return int(self.colour[1:3], 16), int(self.colour[3:5], 16), int(self.colour[5:7], 16)


@dataclass(frozen=True, eq=False)
class LabelMap:
    """The elements of one picture, pixel by pixel.

    Parameters
    ----------
    labels : uint8 [H, W]
        Element index 0 ... K-1 of each pixel; kept read-only.
    elements : tuple of Element
        The K elements of the model that made the map.
    acquisition : Acquisition
        Geometry, units and origin of the picture that was segmented.

    Raises
    ------
    ValueError
        If the labels are not a two-dimensional array of whole numbers below K.
    """

    labels: np.ndarray
    elements: tuple[Element, ...]
    acquisition: Acquisition

    def __post_init__(self) -> None:
        labels = np.asarray(self.labels)
        if labels.ndim != 2 or labels.size == 0 or labels.dtype.kind not in "ui":
            raise ValueError(f"labels are whole numbers [H, W]; got {labels.dtype} of shape {labels.shape}")
        if labels.min() < 0 or labels.max() >= len(self.elements):
            raise ValueError(
                f"labels name elements 0 to {len(self.elements) - 1}; got {labels.min()} to {labels.max()}"
            )
        labels = labels.astype(np.uint8)
        labels.setflags(write=False)
        object.__setattr__(self, "labels", labels)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.labels.shape[0], self.labels.shape[1]

    def with_labels(self, labels: np.ndarray) -> "LabelMap":
        """The same elements and acquisition with other labels."""
        return LabelMap(labels, self.elements, self.acquisition)

    def shares(self) -> np.ndarray:
        """Share of the picture that each element holds, float64 [K], summing to 1."""
        return np.bincount(self.labels.ravel(), minlength=len(self.elements)) / self.labels.size

    def __repr__(self) -> str:
        rows, columns = self.shape
        used = int((self.shares() > 0).sum())
        return f"LabelMap({rows} x {columns}, {used} of {len(self.elements)} elements in use)"
