"""Energy along the boundaries of elements: whether contour lines give a picture away."""

import numpy as np
from scipy import ndimage

from u3edu.evaluation.high_pass import high_pass
from u3edu.evaluation.reconstructed import Reconstructed


def near_boundary(labels: np.ndarray, within: int = 1) -> np.ndarray:
    """Pixels within a distance of another element, bool [H, W].

    Parameters
    ----------
    labels : uint8 [H, W]
    within : int
        City-block distance in pixels; 1 takes the pixel on either side of a boundary.
    """
    boundary = np.zeros(labels.shape, dtype=bool)
    across, along = labels[1:] != labels[:-1], labels[:, 1:] != labels[:, :-1]
    boundary[1:] |= across
    boundary[:-1] |= across
    boundary[:, 1:] |= along
    boundary[:, :-1] |= along
    return ndimage.binary_dilation(boundary, iterations=within - 1) if within > 1 else boundary


def boundary_contrast(pixels: np.ndarray, labels: np.ndarray, region: np.ndarray) -> float:
    """High-pass energy of a pixel along boundaries as a multiple of that elsewhere.

    Parameters
    ----------
    pixels : float32 [H, W]
    labels : uint8 [H, W]
    region : bool [H, W]
        Where to measure.

    Returns
    -------
    float
        NaN where the region has no pixel along a boundary or none elsewhere.
    """
    energy = high_pass(pixels) ** 2
    boundary = near_boundary(labels)
    along, elsewhere = energy[region & boundary], energy[region & ~boundary]
    if len(along) == 0 or len(elsewhere) == 0 or elsewhere.mean() == 0:
        return float("nan")
    return float(along.mean() / elsewhere.mean())


def boundary_ratio(pair: Reconstructed) -> float:
    """`boundary_contrast` of the reconstruction, as a multiple of the real picture's at the same pixels.

    1 is perfect. A real picture has more energy along boundaries, too, since its elements end
    where tissue does; lines that only the reconstruction has, or grain that it lacks
    elsewhere, raise the ratio.
    """
    labels = pair.label_map.labels
    ours = boundary_contrast(pair.reconstruction.pixels, labels, pair.body)
    return ours / boundary_contrast(pair.picture.pixels, labels, pair.body)
