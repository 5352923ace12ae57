"""Where elements meet."""

import numpy as np
from scipy import ndimage


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
