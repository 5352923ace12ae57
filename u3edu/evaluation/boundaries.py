"""Energy along the boundaries of elements: whether contour lines give a picture away."""

import numpy as np

from u3edu.editing.boundaries import near_boundary
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.high_pass import high_pass


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
