"""A Phantom: a picture with the exact answer to what is where in it, and measures on such maps."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.slice import Slice


@dataclass(frozen=True, eq=False)
class Phantom:
    """A drawn picture and the truth about it.

    Parameters
    ----------
    picture : Slice
        Marked synthetic; its source says that it is a phantom, and of which seed.
    tissues : uint8 [H, W]
        The tissue at each pixel's centre, an index into `tissue_names`.
    tissue_names : tuple of str
    layers : uint8 [H, W]
        The layers as they were before the lesion, an index into `layer_names`.
    layer_names : tuple of str
        From the inside out; 0 is everything that is no layer.
    lesion_tissues : tuple of int
        The tissues that the lesion is made of.
    measures : dict of str to float
        The lesion's true measures as they were drawn (lengths in mm); empty without a lesion.
    seed : int
    """

    picture: Slice
    tissues: np.ndarray
    tissue_names: tuple[str, ...]
    layers: np.ndarray
    layer_names: tuple[str, ...]
    lesion_tissues: tuple[int, ...]
    measures: dict[str, float]
    seed: int

    @property
    def lesion(self) -> np.ndarray:
        """The lesion's pixels, bool [H, W]; nothing where there is none."""
        return np.isin(self.tissues, self.lesion_tissues)

    def mask(self, tissue: str) -> np.ndarray:
        """The pixels of a tissue, bool [H, W].

        Raises
        ------
        ValueError
            If the phantom knows no such tissue.
        """
        if tissue not in self.tissue_names:
            raise ValueError(f"no tissue {tissue!r}; this phantom has {', '.join(self.tissue_names)}")
        return self.tissues == self.tissue_names.index(tissue)

    def __repr__(self) -> str:
        return f"Phantom({self.picture.acquisition.source.description}, {self.picture!r})"


def phantom_slice(raw: np.ndarray, modality: str, spacing: float, seed: int) -> Slice:
    """The picture of a phantom, scaled as real ones are, and marked as what it is.

    Parameters
    ----------
    raw : float32 [H, W]
        HU for CT, signal for MR.
    modality : str
    spacing : float
        In mm, the same along rows and columns.
    seed : int
    """
    picture = slice_from_array(
        raw, modality=modality, spacing=(spacing, spacing), description=f"phantom, seed {seed}"
    )
    return replace(picture, acquisition=replace(picture.acquisition, synthetic=True))


def depth_beyond(lesion: np.ndarray, region: np.ndarray, spacing: tuple[float, float]) -> float:
    """How far a lesion reaches out of a region, in mm.

    Parameters
    ----------
    lesion, region : bool [H, W]
        For example a tumour, and all that lies inside the outer border of a layer.
    spacing : (row, column) in mm

    Returns
    -------
    float
        The largest distance of a lesion pixel outside the region from the region's nearest
        pixel, centre to centre; 0 where the lesion stays inside. What either end lacks to its
        true edge is about what the other has too much, so that the error has no side.

    Raises
    ------
    ValueError
        If the region is empty.
    """
    if not region.any():
        raise ValueError("there is no region to measure from")
    outside = lesion & ~region
    if not outside.any():
        return 0.0
    distance = ndimage.distance_transform_edt(~region, sampling=spacing)
    return float(distance[outside].max())


def longest_diameter(mask: np.ndarray, spacing: tuple[float, float]) -> float:
    """The longest axis of a mask, in mm: between its farthest two pixels, and half a pixel more.

    Parameters
    ----------
    mask : bool [H, W]
    spacing : (row, column) in mm

    Returns
    -------
    float
        0 for an empty mask.
    """
    if not mask.any():
        return 0.0
    edge = mask & ~ndimage.binary_erosion(mask)
    places = np.argwhere(edge) * np.asarray(spacing)
    angles = np.radians(np.arange(180))
    along = places @ np.stack([np.sin(angles), np.cos(angles)])
    return float((along.max(axis=0) - along.min(axis=0)).max() + sum(spacing) / 4)
