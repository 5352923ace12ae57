"""One DICOM file to one Slice, and frames of a file to decoded pictures."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.encaps import get_frame

from u3edu.imaging.archive import Location
from u3edu.imaging.codes import quotable
from u3edu.imaging.geometry import Plane, pixel_spacing, slice_plane
from u3edu.imaging.header import is_localizer, open_picture, path_of, refusing
from u3edu.imaging.intensity import HOUNSFIELD_SCALE, fill_with_air, signal_scale
from u3edu.imaging.multiframe import frame_count, frame_header
from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Source, Window
from u3edu.imaging.syntax import decode_frame, frame_size, is_compressed
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
    plane : Plane or None
        Where it lies in the patient.
    synthetic : bool
        Whether the file says that a computer made the picture.
    source : Source
        Identifiers.
    """

    values: np.ndarray
    modality: str
    spacing: tuple[float, float]
    plane: Plane | None
    synthetic: bool
    source: Source

    def to_slice(self, scale: IntensityScale, windows: tuple[Window, ...]) -> Slice:
        """The picture in [-1, 1] on `scale`."""
        acquisition = Acquisition(
            modality=self.modality,
            spacing=self.spacing,
            scale=scale,
            windows=windows,
            position=self.plane.position if self.plane else None,
            synthetic=self.synthetic,
            source=self.source,
            plane=self.plane,
        )
        return Slice(scale.to_pixels(self.values), acquisition)


def read_slice(path: str | PathLike[str]) -> Slice:
    """Read a DICOM file that holds one picture of a CT or MR scan.

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
    path = Path(path)
    with refusing(path):
        dataset = open_picture(path, with_pixels=True)
        if frame_count(dataset) > 1:
            frames = f"a multi-frame picture ({frame_count(dataset)} frames in one file)"
            raise UnreadableSlice(path, f"{frames}; read_series reads it as a series")
        raw = read_frame(path, dataset, 0)
    if raw.modality == "CT":
        return raw.to_slice(HOUNSFIELD_SCALE, CT_WINDOWS)
    return raw.to_slice(signal_scale(raw.values), signal_windows(raw.values))


def read_raw(location: Location) -> RawSlice:
    """Read and decode a file of one picture, in HU (CT) or signal (MR).

    Raises
    ------
    UnreadableSlice
        If the file is not a picture that can be read.
    """
    with refusing(path_of(location)):
        return read_frame(path_of(location), open_picture(location, with_pixels=True), 0)


def read_frame(path: Path, dataset: Dataset, frame: int) -> RawSlice:
    """Decode one frame of an open file, in HU (CT) or signal (MR).

    Parameters
    ----------
    path : Path
        The file's name for messages.
    dataset : pydicom.Dataset
        From `open_picture`, with pixels.
    frame : int
        From 0.

    Raises
    ------
    UnreadableSlice
        If the frame is not a picture that can be read.
    """
    with refusing(path):
        header = frame_header(dataset, frame)
        if is_localizer(header):
            raise UnreadableSlice(path, "a localizer (scout picture for planning), not a slice of the scan")
        spacing = pixel_spacing(header)
        if spacing is None:
            raise UnreadableSlice(
                path,
                "no pixel spacing (neither PixelSpacing nor ImagerPixelSpacing), so nothing in it can be "
                "measured; where you know it, slice_from_array takes pixels and spacing",
            )
        stored = decode(path, dataset, frame)
        values, padding = rescale(path, header, stored), padding_mask(header, stored)
        if header.Modality == "CT":
            values = fill_with_air(values, padding)
        elif padding.any() and not padding.all():
            values[padding] = values[~padding].min()
        return RawSlice(
            values=values,
            modality=str(header.Modality),
            spacing=spacing,
            plane=slice_plane(header),
            synthetic=dataset.get("SyntheticData") == "YES",
            source=Source(
                series_uid=str(dataset.get("SeriesInstanceUID") or ""),
                instance_uid=str(dataset.get("SOPInstanceUID") or ""),
            ),
        )


def decode(path: Path, dataset: Dataset, frame: int) -> np.ndarray:
    """Stored values of one frame, whole numbers [H, W].

    Raises
    ------
    UnreadableSlice
        If there are no pixels, fewer than the header promises, or they cannot be decoded.
    """
    if not dataset.get("PixelData"):
        raise UnreadableSlice(path, "no pixel data; the file may be cut short")
    frames = frame_count(dataset)
    shape = dataset.Rows, dataset.Columns
    try:
        if is_compressed(dataset.file_meta.TransferSyntaxUID):
            claimed = frame_size(get_frame(dataset.PixelData, frame, number_of_frames=frames))
            if claimed not in (None, shape):
                raise UnreadableSlice(
                    path, f"the header says {shape} pixels, the compressed picture {claimed}; it is damaged"
                )
        else:
            expected = dataset.Rows * dataset.Columns * dataset.BitsAllocated * frames // 8
            found = len(dataset.PixelData)
            if found < expected:
                raise UnreadableSlice(
                    path,
                    f"cut short: {found} of {expected} bytes of pixel data are there; copy the file again",
                )
        stored = decode_frame(dataset, frame)
    except UnreadableSlice:
        raise
    except Exception as error:  # decoders raise anything on damaged data
        words = f"the pixels cannot be decoded ({' '.join(str(error).split())})"
        if is_compressed(dataset.file_meta.TransferSyntaxUID):
            words += "; they are damaged, or of a rare kind: export an uncompressed copy"
        raise UnreadableSlice(path, words) from error
    if stored.shape != shape:
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
            given = quotable(quantity)
            raise UnreadableSlice(path, f"CT values are not Hounsfield units (RescaleType is {given})")
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
