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
        tissue = ndimage.median_filter(picture.pixels, 5) > FAINTEST_TISSUE
    # A thin table or cable is cut off before the largest region is looked for.
    regions, count = ndimage.label(ndimage.binary_opening(tissue, iterations=3))
    if count == 0:
        return np.ones(picture.shape, dtype=bool)
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    filled: np.ndarray = ndimage.binary_fill_holes(regions == sizes.argmax())
    return filled
