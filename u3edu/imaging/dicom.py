"""One DICOM file to one Slice."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from pydicom import Dataset

from u3edu.imaging.geometry import pixel_spacing, slice_plane
from u3edu.imaging.header import open_picture, refusing
from u3edu.imaging.intensity import HOUNSFIELD_SCALE, fill_with_air, signal_scale
from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Source, Window
from u3edu.imaging.window import CT_WINDOWS, signal_windows

# Dual-energy scanners write maps of other quantities as CT; "US" means unspecified and is what
# some scanners write beside true Hounsfield units.
HOUNSFIELD_TYPES = ("", "HU", "HU_MOD", "US")


@dataclass(frozen=True, eq=False)
class RawSlice:
    """A decoded picture before its intensities are scaled.

    Parameters
    ----------
    values : float32 [H, W]
        HU for CT, signal for MR; padding already filled.
    modality : str
        ``"CT"`` or ``"MR"``.
    spacing : tuple of float
        mm (row to row, column to column).
    position : float or None
        mm along the slice normal.
    synthetic : bool
        Whether the file says that a computer made the picture.
    source : Source
        Identifiers.
    """

    values: np.ndarray
    modality: str
    spacing: tuple[float, float]
    position: float | None
    synthetic: bool
    source: Source

    def to_slice(self, scale: IntensityScale, windows: tuple[Window, ...]) -> Slice:
        """The picture in [-1, 1] on `scale`."""
        acquisition = Acquisition(
            modality=self.modality,
            spacing=self.spacing,
            scale=scale,
            windows=windows,
            position=self.position,
            synthetic=self.synthetic,
            source=self.source,
        )
        return Slice(scale.to_pixels(self.values), acquisition)


def read_slice(path: str | PathLike[str]) -> Slice:
    """Read one single-frame DICOM picture of a CT or MR scan.

    CT is rescaled to HU; padding and everything below -1024 HU becomes air (-1000 HU); values
    are clipped to [-2048, 2048] and mapped to [-1, 1] (paper, section 3). MR is mapped to
    [-1, 1] by the 0.1st and 99.9th percentile of this picture alone; `read_series` takes those
    of the whole series, so pixels of one slice differ between the two. MR pictures stored with
    MONOCHROME1 are inverted, so that high values are bright; Hounsfield units are what they
    are, whichever way the file asks for them to be shown.

    Parameters
    ----------
    path : path-like
        A DICOM file.

    Returns
    -------
    Slice

    Raises
    ------
    UnreadableSlice
        If the file is not such a picture; the message names the file and the reason.
    """
    raw = read_raw(Path(path))
    if raw.modality == "CT":
        return raw.to_slice(HOUNSFIELD_SCALE, CT_WINDOWS)
    return raw.to_slice(signal_scale(raw.values), signal_windows(raw.values))


def read_raw(path: Path) -> RawSlice:
    """Read and decode one picture, in HU (CT) or signal (MR).

    Raises
    ------
    UnreadableSlice
        If the file is not a picture that can be read.
    """
    with refusing(path):
        dataset = open_picture(path, with_pixels=True)
        spacing = pixel_spacing(dataset)
        if spacing is None:
            raise UnreadableSlice(path, "no pixel spacing (neither PixelSpacing nor ImagerPixelSpacing)")
        stored = decode(path, dataset)
        values, padding = rescale(path, dataset, stored), padding_mask(dataset, stored)
        if dataset.Modality == "CT":
            values = fill_with_air(values, padding)
        elif padding.any() and not padding.all():
            values[padding] = values[~padding].min()
        plane = slice_plane(dataset)
        return RawSlice(
            values=values,
            modality=str(dataset.Modality),
            spacing=spacing,
            position=plane.position if plane else None,
            synthetic=dataset.get("SyntheticData") == "YES",
            source=Source(
                series_uid=str(dataset.get("SeriesInstanceUID") or ""),
                instance_uid=str(dataset.get("SOPInstanceUID") or ""),
            ),
        )


def decode(path: Path, dataset: Dataset) -> np.ndarray:
    """Stored values of a picture, whole numbers [H, W].

    Raises
    ------
    UnreadableSlice
        If there are no pixels, fewer than the header promises, or they cannot be decoded.
    """
    if not dataset.get("PixelData"):
        raise UnreadableSlice(path, "no pixel data; the file may be cut short")
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_compressed or syntax.is_deflated:
        expected = dataset.Rows * dataset.Columns * dataset.BitsAllocated // 8
        found = len(dataset.PixelData)
        if found < expected:
            raise UnreadableSlice(
                path, f"cut short: {found} of {expected} bytes of pixel data are there; copy the file again"
            )
    try:
        stored = dataset.pixel_array
    except Exception as error:  # decoders raise anything on damaged data
        raise UnreadableSlice(path, f"the pixels cannot be decoded ({error})") from error
    if stored.shape != (dataset.Rows, dataset.Columns):
        raise UnreadableSlice(path, f"the pixels are of shape {stored.shape}, not one grey picture")
    return stored


def rescale(path: Path, dataset: Dataset, stored: np.ndarray) -> np.ndarray:
    """Modality values of stored values: HU for CT, signal for MR; float32 [H, W].

    Raises
    ------
    UnreadableSlice
        If a CT picture doesn't say how to reach Hounsfield units.
    """
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    if dataset.Modality == "CT":
        if slope is None or intercept is None or float(slope) == 0:
            raise UnreadableSlice(
                path, "CT without RescaleSlope and RescaleIntercept, so its Hounsfield units are unknown"
            )
        quantity = str(dataset.get("RescaleType") or "")
        if quantity not in HOUNSFIELD_TYPES:
            raise UnreadableSlice(path, f"CT values are not Hounsfield units (RescaleType is {quantity})")
    elif dataset.PhotometricInterpretation == "MONOCHROME1":
        # The largest stored value is shown black: count down from the other end of the range.
        signed = dataset.PixelRepresentation == 1
        stored = (-1 if signed else 2**dataset.BitsStored - 1) - stored.astype(np.int64)
    with np.errstate(over="ignore", invalid="ignore"):  # answered below, by a sentence
        values = stored.astype(np.float32) * np.float32(1 if slope is None else slope)
        values += np.float32(intercept or 0)
    if not np.isfinite(values).all():
        raise UnreadableSlice(
            path, f"RescaleSlope {slope}, RescaleIntercept {intercept} give infinite values"
        )
    return values


def padding_mask(dataset: Dataset, stored: np.ndarray) -> np.ndarray:
    """Where the file says that a stored value is padding, bool [H, W].

    PixelPaddingValue, or the range from there to PixelPaddingRangeLimit (DICOM PS3.3
    C.7.5.1.1.2). Some scanners write the value of signed pictures as if it were unsigned
    (63536 for -2000), so both are brought to the sign of the pixels.
    """
    value = dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(stored.shape, dtype=bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    bits = stored.dtype.itemsize * 8
    ends = []
    for end in (value, limit if isinstance(limit, int) else value):
        end %= 2**bits
        if stored.dtype.kind == "i" and end >= 2 ** (bits - 1):
            end -= 2**bits
        ends.append(end)
    return (stored >= min(ends)) & (stored <= max(ends))
