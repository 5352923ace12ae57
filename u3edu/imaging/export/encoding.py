"""Raw values of a picture as the 16-bit whole numbers that DICOM stores."""

import numpy as np

from u3edu.imaging.slice import Slice

LEVELS = 65535


def stored_values(picture: Slice) -> tuple[np.ndarray, float, float]:
    """Whole numbers, and the line that leads back from them: ``raw = slope * stored + intercept``.

    CT is rounded to whole Hounsfield units. Other signals are rounded to whole numbers, as
    scanners write them, where their scale is at least 255 wide and fits into 16 bits; others,
    such as arrays of 0 to 1, are spread over 65,536 levels.

    Returns
    -------
    stored : int16 or uint16 [H, W]
    slope, intercept : float
    """
    scale = picture.acquisition.scale
    lowest, highest = scale.intercept - abs(scale.slope), scale.intercept + abs(scale.slope)
    if highest - lowest >= 255 or scale.unit == "HU":
        whole = np.rint(picture.raw)
        for dtype in (np.int16, np.uint16):
            limits = np.iinfo(dtype)
            if lowest >= limits.min and highest <= limits.max:
                return whole.astype(dtype), 1.0, 0.0
    stored = np.rint((picture.pixels.astype(np.float64) + 1) / 2 * LEVELS).astype(np.uint16)
    return stored, 2 * scale.slope / LEVELS, scale.intercept - scale.slope
