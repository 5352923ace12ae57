"""A NumPy array to one Slice."""

from math import isfinite

import numpy as np
import numpy.typing as npt

from u3edu.imaging.intensity import HOUNSFIELD_SCALE, fill_with_air, signal_scale
from u3edu.imaging.slice import Acquisition, Slice, Source
from u3edu.imaging.window import CT_WINDOWS, signal_windows


def slice_from_array(
    array: npt.ArrayLike,
    *,
    modality: str = "OT",
    spacing: tuple[float, float] = (1.0, 1.0),
    description: str = "",
) -> Slice:
    """Make a Slice of raw values, scaled as pictures from DICOM files are.

    Parameters
    ----------
    array : array-like [H, W]
        Raw values, whole numbers or floating point: HU for CT, signal for everything else.
    modality : str
        ``"CT"``, ``"MR"``, or ``"OT"`` for pictures of another or unknown kind.
    spacing : tuple of float
        Distance between pixel centres in mm (row to row, column to column).
    description : str
        Words for people about where the picture comes from.

    Returns
    -------
    Slice

    Raises
    ------
    ValueError
        If the array is not one picture of finite numbers, or spacing or modality make no sense.
    """
    array = np.asarray(array)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"one picture [H, W] is needed; got an array of shape {array.shape}")
    if array.dtype.kind not in "uif":
        raise ValueError(f"numbers are needed as raw values; got an array of {array.dtype}")
    if modality not in ("CT", "MR", "OT"):
        raise ValueError(f"modality is CT, MR or OT; got {modality!r}")
    if modality == "CT" and array.dtype == np.uint8:
        raise ValueError("CT is given in HU, which uint8 cannot hold; screen grey levels are modality OT")
    if len(spacing) != 2 or not all(isfinite(length) and length > 0 for length in spacing):
        raise ValueError(f"spacing is two lengths in mm above 0 (row, column); got {spacing}")
    with np.errstate(over="ignore"):  # answered below, by a sentence
        raw = array.astype(np.float32)
    wrong = raw.size - int(np.isfinite(raw).sum())
    if wrong:
        raise ValueError(f"finite values are needed; {wrong} of {raw.size} are NaN or infinite")
    if modality == "CT":
        raw = fill_with_air(raw)
        scale, windows = HOUNSFIELD_SCALE, CT_WINDOWS
    else:
        scale, windows = signal_scale(raw), signal_windows(raw)
    acquisition = Acquisition(
        modality=modality,
        spacing=(float(spacing[0]), float(spacing[1])),
        scale=scale,
        windows=windows,
        source=Source(description=description),
    )
    return Slice(scale.to_pixels(raw), acquisition)
