"""Which pixels show the patient and not the air around."""

import numpy as np
from scipy import ndimage

from u3edu.imaging.slice import Slice

# Skin and fat are above, air and most mattress foam below.
SKIN_HU = -400.0

# A twentieth of the range of the series: above the noise of air, below muscle on T2.
FAINTEST_TISSUE = -0.9


def body_mask(picture: Slice) -> np.ndarray:
    """The patient's cross-section, lungs and bowel gas included.

    Parameters
    ----------
    picture : Slice

    Returns
    -------
    bool [H, W]
        The largest connected region above the threshold of its modality, holes filled.
        Everything, where nothing is above it.
    """
    if picture.acquisition.modality == "CT":
        tissue = picture.raw > SKIN_HU
    else:
        tissue = _median_above(picture.pixels, FAINTEST_TISSUE)
    # A thin table or cable is cut off before the largest region is looked for.
    regions, count = ndimage.label(ndimage.binary_opening(tissue, iterations=3))
    if count == 0:
        return np.ones(picture.shape, dtype=bool)
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    filled: np.ndarray = ndimage.binary_fill_holes(regions == sizes.argmax())
    return filled


def _median_above(pixels: np.ndarray, level: float) -> np.ndarray:
    """Where the median of 5 x 5 pixels lies above a level: where 13 of them do; bool [H, W]."""
    above = (pixels > level).astype(np.uint8)
    for axis in (0, 1):
        above = ndimage.convolve1d(above, np.ones(5), axis=axis)
    return np.asarray(above >= 13)
