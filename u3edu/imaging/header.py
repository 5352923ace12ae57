"""Which DICOM files hold one CT or MR picture; every other file is refused with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels import get_decoder
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
    MRImageStorage,
)

from u3edu.imaging.geometry import Plane, slice_plane
from u3edu.imaging.problem import UnreadableSlice

MODALITIES = ("CT", "MR")
SINGLE_FRAME = (CTImageStorage, MRImageStorage)
MULTI_FRAME = (
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
)

# A header can claim any size; nothing larger than this is a CT or MR picture, and the memory
# for it must not be asked for.
MOST_PIXELS_A_SIDE = 8192


@dataclass(frozen=True)
class SliceFile:
    """What a folder scan keeps of one picture's header; nothing about the person.

    Parameters
    ----------
    path : Path
        The file.
    modality : str
        ``"CT"`` or ``"MR"``.
    series_uid, instance_uid : str
        DICOM identifiers.
    description : str
        SeriesDescription, empty where the file has none.
    plane : Plane or None
        Where the picture lies.
    instance_number : int
        The scanner's running number, 0 where the file has none.
    """

    path: Path
    modality: str
    series_uid: str
    instance_uid: str
    description: str
    plane: Plane | None
    instance_number: int


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes pydicom raise into `UnreadableSlice`."""
    try:
        yield
    except UnreadableSlice:
        raise
    except InvalidDicomError:
        raise UnreadableSlice(path, "not a DICOM file (no DICM marker after the preamble)") from None
    except OSError as error:
        raise UnreadableSlice(path, f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # parsing stops wherever the damage is, with any kind of error
        raise UnreadableSlice(path, f"damaged DICOM file ({type(error).__name__}: {error})") from error


def open_picture(path: Path, *, with_pixels: bool) -> Dataset:
    """Read a file and make sure that it holds one grey CT or MR picture.

    Parameters
    ----------
    path : Path
        The file.
    with_pixels : bool
        False reads the header alone.

    Returns
    -------
    pydicom.Dataset

    Raises
    ------
    UnreadableSlice
        If it is no DICOM file, or not a single-frame grey picture of a CT or MR scan.
    """
    if path.is_dir():
        raise UnreadableSlice(path, "is a folder; read_series reads folders")
    if path.is_file() and path.stat().st_size == 0:
        raise UnreadableSlice(path, "the file is empty")
    dataset = pydicom.dcmread(path, stop_before_pixels=not with_pixels)
    reason = reason_to_refuse(dataset)
    if reason:
        raise UnreadableSlice(path, reason)
    return dataset


def slice_file(path: Path) -> SliceFile:
    """Read a picture's header.

    Raises
    ------
    UnreadableSlice
        If the file is not a picture (see `open_picture`) or belongs to no series.
    """
    with refusing(path):
        dataset = open_picture(path, with_pixels=False)
        series_uid = str(dataset.get("SeriesInstanceUID") or "")
        if not series_uid:
            raise UnreadableSlice(path, "belongs to no series (SeriesInstanceUID is missing)")
        return SliceFile(
            path=path,
            modality=str(dataset.Modality),
            series_uid=series_uid,
            instance_uid=str(dataset.get("SOPInstanceUID") or ""),
            description=printable(str(dataset.get("SeriesDescription") or "")),
            plane=slice_plane(dataset),
            instance_number=int(dataset.get("InstanceNumber") or 0),
        )


def reason_to_refuse(dataset: Dataset) -> str:
    """Why a data set is not one grey CT or MR picture; empty where it is one."""
    kind = UID(str(dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID") or ""))
    name = printable(kind.name).removesuffix(" Storage")
    modality = printable(str(dataset.get("Modality") or ""))
    frames = int(dataset.get("NumberOfFrames") or 1)
    if kind in MULTI_FRAME or (kind in SINGLE_FRAME and frames > 1):
        return (
            f"a multi-frame picture ({name}, {frames} frames in one file); "
            "export the series with one slice a file"
        )
    if kind and kind not in SINGLE_FRAME:
        return f"not a CT or MR slice but {name}{f' (modality {modality})' if modality else ''}"
    if modality not in MODALITIES:
        return f"not a CT or MR slice ({f'modality {modality}' if modality else 'Modality is missing'})"
    image_type = [str(value).upper() for value in dataset.get("ImageType") or []]
    if "LOCALIZER" in image_type:
        return "a localizer (scout picture for planning), not a slice of the scan"
    rows, columns = dataset.get("Rows"), dataset.get("Columns")
    if not rows or not columns:
        return "no picture in it (Rows or Columns is missing); the file may be cut short"
    if max(rows, columns) > MOST_PIXELS_A_SIDE:
        return f"the header claims {rows} x {columns} pixels, more than {MOST_PIXELS_A_SIDE} a side"
    colours = str(dataset.get("PhotometricInterpretation") or "")
    if dataset.get("SamplesPerPixel", 1) != 1 or colours not in ("MONOCHROME1", "MONOCHROME2"):
        return f"not a grey picture (PhotometricInterpretation is {printable(colours) or 'missing'})"
    return reason_not_to_decode(dataset)


def reason_not_to_decode(dataset: Dataset) -> str:
    """Why the pixels' transfer syntax cannot be decoded here; empty where it can."""
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if not syntax:
        return "the header doesn't say how the pixels are stored (TransferSyntaxUID is missing)"
    if not syntax.is_compressed or syntax.is_deflated:
        return ""
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        return f"the pixels are compressed as {syntax.name}, which cannot be decoded"
    if not decoder.is_available:
        return (
            f"the pixels are compressed as {syntax.name} and no decoder for it is installed; run: "
            "pip install pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg"
        )
    return ""


def printable(text: str) -> str:
    """Text from a file without characters that could disturb a terminal."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
