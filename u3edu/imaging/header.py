"""Which DICOM files hold CT or MR pictures; every other file is refused with its reason."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.uid import UID, CTImageStorage, DeflatedExplicitVRLittleEndian, MRImageStorage

from u3edu.imaging.archive import Location, Member
from u3edu.imaging.codes import kind_name, quotable
from u3edu.imaging.geometry import Plane, slice_plane
from u3edu.imaging.multiframe import (
    ENHANCED,
    frame_count,
    frame_header,
    frame_words,
    reason_to_refuse_frames,
    stack_dimensions,
)
from u3edu.imaging.problem import Problem, UnreadableSlice
from u3edu.imaging.syntax import inflated_beyond, reason_not_to_decode

MODALITIES = ("CT", "MR")
PICTURES = (CTImageStorage, MRImageStorage, *ENHANCED)

# A header can claim any size; nothing larger than this is a CT or MR picture, and the memory
# for it must not be asked for.
MOST_PIXELS_A_SIDE = 4096
MOST_BYTES_A_FILE = 2**32
MOST_BYTES_INFLATED = 2**29


@dataclass(frozen=True)
class SliceFile:
    """What a folder scan keeps of one picture's header; nothing about the person.

    Parameters
    ----------
    location : Path or Member
        The file, or the member of a zip file.
    modality : str
        ``"CT"`` or ``"MR"``.
    series_uid, instance_uid : str
        DICOM identifiers.
    description : str
        SeriesDescription, empty where the file has none.
    plane : Plane or None
        Where the picture lies.
    instance_number : int
        The scanner's running number, or a frame's in its stack; 0 where the file has none.
    frame : int
        Which frame of the file the picture is, from 0.
    stack : str
        StackID of a frame, empty where there is none.
    dimensions : tuple of int
        A frame's index in time, echo and the like.
    """

    location: Location
    modality: str
    series_uid: str
    instance_uid: str
    description: str
    plane: Plane | None
    instance_number: int
    frame: int = 0
    stack: str = ""
    dimensions: tuple[int, ...] = ()

    @property
    def path(self) -> Path:
        """The file's name for messages; in a zip file, the archive's and then the member's."""
        return path_of(self.location)


def path_of(location: Location) -> Path:
    """What a place is called in messages."""
    return location.path if isinstance(location, Member) else location


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes pydicom raise into `UnreadableSlice`."""
    try:
        yield
    except UnreadableSlice:
        raise
    except InvalidDicomError:
        if path.name.lower().endswith((".nii", ".nii.gz")):
            reason = "a NIfTI file, which doesn't say its modality; read_nifti reads it"
        else:
            reason = "not a DICOM file (no DICM marker after the preamble)"
        raise UnreadableSlice(path, reason) from None
    except OSError as error:
        raise UnreadableSlice(path, f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # damage raises any kind of error, and its words can quote the header
        raise UnreadableSlice(path, f"damaged DICOM file ({type(error).__name__})") from None


def open_picture(location: Location, *, with_pixels: bool) -> Dataset:
    """Read a file and make sure that it holds grey CT or MR pictures.

    Parameters
    ----------
    location : Path or Member
        The file, or the member of a zip file.
    with_pixels : bool
        False reads the header alone.

    Returns
    -------
    pydicom.Dataset

    Raises
    ------
    UnreadableSlice
        If it is no DICOM file, or not a grey picture of a CT or MR scan.
    """
    path = path_of(location)
    if isinstance(location, Path):
        if location.is_dir():
            raise UnreadableSlice(path, "is a folder; read_series reads folders")
        size = location.stat().st_size
        if size > MOST_BYTES_A_FILE:
            raise UnreadableSlice(path, f"larger than {MOST_BYTES_A_FILE >> 30} GiB")
        if size == 0:
            raise UnreadableSlice(path, "the file is empty")
    with opened(location) as stream:
        refuse_what_swells(path, stream)
        # The header comes first, so that pixels of what is no picture are never loaded.
        dataset = pydicom.dcmread(stream, stop_before_pixels=True)
        reason = reason_to_refuse(dataset)
        if reason:
            raise UnreadableSlice(path, reason)
        if with_pixels:
            stream.seek(0)
            dataset = pydicom.dcmread(stream)
    return dataset


def opened(location: Location) -> BinaryIO:
    """The bytes of a file on disk or of a member of a zip file."""
    return location.open() if isinstance(location, Member) else location.open("rb")


def refuse_what_swells(path: Path, stream: BinaryIO) -> None:
    """Refuse a deflated file that is far larger inside, before all of it is inflated.

    Raises
    ------
    UnreadableSlice
        If it holds more than `MOST_BYTES_INFLATED`.
    """
    read_preamble(stream, force=False)
    deflated = _read_file_meta_info(stream).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
    if deflated and inflated_beyond(stream.read(), MOST_BYTES_INFLATED):
        raise UnreadableSlice(path, f"inflates to more than {MOST_BYTES_INFLATED >> 20} MiB")
    stream.seek(0)


def picture_files(location: Location) -> tuple[list[SliceFile], list[Problem]]:
    """Read the header of a file: a `SliceFile` for each picture in it.

    Returns
    -------
    tuple of list of SliceFile and list of Problem
        One for a file of one picture, one for each frame of a multi-frame file; and why some
        frames are left out.

    Raises
    ------
    UnreadableSlice
        If the file holds no picture (see `open_picture`) or belongs to no series.
    """
    path = path_of(location)
    with refusing(path):
        dataset = open_picture(location, with_pixels=False)
        series_uid = str(dataset.get("SeriesInstanceUID") or "")
        if not series_uid:
            raise UnreadableSlice(path, "belongs to no series (SeriesInstanceUID is missing)")
        found, refused = [], defaultdict(list)
        frames = frame_count(dataset)
        for frame in range(frames):
            header = frame_header(dataset, frame)
            if is_localizer(header):
                refused["localizers (scout pictures for planning), left out"].append(frame)
                continue
            found.append(
                SliceFile(
                    location=location,
                    modality=str(dataset.Modality),
                    series_uid=series_uid,
                    instance_uid=str(dataset.get("SOPInstanceUID") or ""),
                    description=printable(str(dataset.get("SeriesDescription") or "")),
                    plane=slice_plane(header),
                    instance_number=frame_number(dataset, header, frame),
                    frame=frame,
                    stack=printable(str(header.get("StackID") or "")),
                    dimensions=stack_dimensions(dataset, header),
                )
            )
        problems = [Problem(path, f"{frame_words(which)}: {why}") for why, which in refused.items()]
        return found, problems


def frame_number(dataset: Dataset, header: Dataset, frame: int) -> int:
    """The running number of a picture in its series, or of a frame in its stack."""
    if frame_count(dataset) > 1:
        return int(header.get("InStackPositionNumber") or frame + 1)
    return int(dataset.get("InstanceNumber") or 0)


def is_localizer(header: Dataset) -> bool:
    """Whether a picture, or a frame, is a scout for planning."""
    return "LOCALIZER" in [str(value).upper() for value in header.get("ImageType") or []]


def reason_to_refuse(dataset: Dataset) -> str:
    """Why a data set is no grey CT or MR picture, or several; empty where it is."""
    kind = UID(str(dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID") or ""))
    name, modality = kind_name(kind), quotable(dataset.get("Modality"))
    if kind and kind not in PICTURES:
        return f"not a CT or MR slice but {name}{f' (modality {modality})' if modality else ''}"
    if modality not in MODALITIES:
        return f"not a CT or MR slice ({f'modality {modality}' if modality else 'Modality is missing'})"
    if is_localizer(dataset) and kind not in ENHANCED:
        return "a localizer (scout picture for planning), not a slice of the scan"
    rows, columns = dataset.get("Rows"), dataset.get("Columns")
    if not rows or not columns:
        return "no picture in it (Rows or Columns is missing); the file may be cut short"
    if max(rows, columns) > MOST_PIXELS_A_SIDE:
        return f"the header claims {rows} x {columns} pixels, more than {MOST_PIXELS_A_SIDE} a side"
    colours = str(dataset.get("PhotometricInterpretation") or "")
    if dataset.get("SamplesPerPixel", 1) != 1 or colours not in ("MONOCHROME1", "MONOCHROME2"):
        return f"not a grey picture (PhotometricInterpretation is {quotable(colours) or 'missing'})"
    return reason_to_refuse_frames(dataset) or reason_not_to_decode(dataset)


def printable(text: str) -> str:
    """Text from a file without characters that could disturb a terminal."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
