"""A folder or zip file of DICOM to one Series of slices in order."""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import overload

import numpy as np

from u3edu.imaging.coil_field import with_series_field
from u3edu.imaging.decoding import decode_all
from u3edu.imaging.dicom import RawSlice
from u3edu.imaging.folder import FolderScan, Progress, SeriesFiles, scan_folder
from u3edu.imaging.geometry import Plane, parallel_plane
from u3edu.imaging.intensity import HOUNSFIELD_SCALE, signal_scale
from u3edu.imaging.problem import NoVolume, Problem, UnreadableFileWarning, UnreadableSeries
from u3edu.imaging.slice import Slice
from u3edu.imaging.stack import Stack, measure_stack
from u3edu.imaging.volume import Volume
from u3edu.imaging.window import CT_WINDOWS, signal_windows


@dataclass(frozen=True, eq=False)
class Series:
    """The slices of one scan, in the order in which they lie in the body.

    Parameters
    ----------
    slices : tuple of Slice
        Ordered by position along the slice normal; axial slices from the feet to the head.
    modality : str
        ``"CT"`` or ``"MR"``.
    series_uid : str
        DICOM SeriesInstanceUID.
    description : str
        SeriesDescription, empty where there is none.
    problems : tuple of Problem
        Files of this series that could not be read.
    """

    slices: tuple[Slice, ...]
    modality: str
    series_uid: str = ""
    description: str = ""
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.slices)

    def __iter__(self) -> Iterator[Slice]:
        return iter(self.slices)

    @overload
    def __getitem__(self, index: int) -> Slice: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Slice, ...]: ...
    def __getitem__(self, index: int | slice) -> Slice | tuple[Slice, ...]:
        return self.slices[index]

    def __repr__(self) -> str:
        slices = "1 slice" if len(self) == 1 else f"{len(self)} slices"
        name = f", {self.description!r}" if self.description else ""
        return f"Series({self.modality}, {slices}{name})"

    @property
    def planes(self) -> tuple[Plane | None, ...]:
        """Where each slice lies in the patient; None where that is unknown."""
        return tuple(picture.acquisition.plane for picture in self.slices)

    @cached_property
    def stack(self) -> Stack:
        """How the slices lie to each other: spacing in mm, gantry tilt, and remarks for the reader."""
        return measure_stack(self.planes)

    def cine(self) -> tuple[Slice, ...]:
        """The slices in the order in which a reader scrolls through them.

        Axial from head to feet, coronal from front to back, sagittal from the patient's right to
        left; as they are where they lie in no common direction.
        """
        first = parallel_plane(self.planes)
        if first is None:
            return self.slices
        axis = int(np.argmax(np.abs(first.normal)))  # 0 to the left, 1 to the back, 2 to the head
        forward = (first.normal[axis] > 0) != (axis == 2)
        return self.slices if forward else self.slices[::-1]

    def volume(self) -> Volume:
        """The slices as one block, where they are parallel and evenly spaced.

        Returns
        -------
        Volume
            HU (CT) or signal (MR) [D, H, W] with the way to the patient's coordinates. With a
            tilted gantry, the block is a parallelepiped and its affine says so.

        Raises
        ------
        NoVolume
            If the slices differ in size, or don't lie as a volume needs it; with the reason.
        """
        shapes = {(picture.shape, picture.spacing) for picture in self.slices}
        if len(shapes) > 1:
            raise NoVolume(f"{self!r} is no volume: its slices differ in size or pixel spacing")
        stack, first = self.stack, self.planes[0] if self.planes else None
        if stack.step is None or stack.spacing is None or first is None:
            raise NoVolume(f"{self!r} is no volume: {stack.obstacle}")
        row_mm, column_mm = self.slices[0].spacing
        affine = np.eye(4)
        affine[:3, 0] = stack.step
        affine[:3, 1] = np.multiply(first.along_column, row_mm)
        affine[:3, 2] = np.multiply(first.along_row, column_mm)
        affine[:3, 3] = first.corner
        values = np.stack([picture.raw for picture in self.slices])
        return Volume(values, affine, (stack.spacing, row_mm, column_mm), stack.tilt)


def read_series(
    folder: str | PathLike[str], series: str | None = None, progress: Progress | None = None
) -> Series:
    """Read the CT or MR series in a folder and its sub-folders, or in a zip file.

    CT is scaled as in `read_slice`. MR is mapped to [-1, 1] by the 0.1st and 99.9th percentile
    of all its slices together, so that one tissue keeps one brightness through the series.

    Parameters
    ----------
    folder : path-like
        A folder of DICOM files, a zip file of them, the DICOMDIR of a disc, or one DICOM file
        (`read_nifti` reads NIfTI).
    series : str, optional
        Identifier of the series to read, where the folder holds several: its SeriesInstanceUID,
        with ``/2`` for the second stack of a series that has several.
    progress : callable, optional
        Called after each slice is read with how many are done, and how many there are.

    Returns
    -------
    Series
        Files that could not be read are in its `problems`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    UnreadableSeries
        If the folder holds no series, several, or not the one asked for.

    Warns
    -----
    UnreadableFileWarning
        If files were left out, with the reasons.
    """
    scan = scan_folder(folder)
    read = read_files(choose(scan, Path(folder), series), progress)
    left_out = (*scan.problems, *read.problems)
    if left_out:
        lines = "\n".join(f"  {problem}" for problem in left_out)
        warnings.warn(f"left out:\n{lines}", UnreadableFileWarning, stacklevel=2)
    return read


def choose(scan: FolderScan, folder: Path, series: str | None) -> SeriesFiles:
    """The one series of a scan, or the one with the UID `series`.

    Raises
    ------
    UnreadableSeries
        If there is none, or more than one to choose from.
    """
    if not scan.series:
        reasons = "".join(f"\n  {problem}" for problem in scan.problems)
        raise UnreadableSeries(f"{folder}: no CT or MR slices in it{reasons}")
    listing = "".join(f"\n  {one}" for one in scan.series)
    if series is None:
        if len(scan.series) > 1:
            raise UnreadableSeries(f"{folder}: {len(scan.series)} series; choose one with series=…{listing}")
        return scan.series[0]
    # The bare UID will do where a series is one stack.
    for chosen in (
        [one for one in scan.series if one.identifier == series],
        [one for one in scan.series if one.series_uid == series],
    ):
        if len(chosen) == 1:
            return chosen[0]
    raise UnreadableSeries(f"{folder}: no series {series}; there is{listing}")


def read_files(files: SeriesFiles, progress: Progress | None = None) -> Series:
    """Read the pixels of a series that a scan has found, several files at a time.

    Parameters
    ----------
    files : SeriesFiles
        From `scan_folder`.
    progress : callable, optional
        Called after each slice with how many are done, and how many there are.

    Returns
    -------
    Series
        The slices that could be read; the others are in its `problems`.

    Raises
    ------
    UnreadableSeries
        If not one slice could be read.
    """
    results = decode_all(files.files, progress)
    pictures = [result for result in results if isinstance(result, RawSlice)]
    problems = tuple(result for result in results if isinstance(result, Problem))
    if not pictures:
        reasons = "".join(f"\n  {problem}" for problem in dict.fromkeys(problems))
        raise UnreadableSeries(f"series {files.series_uid}: not one of its files can be read{reasons}")
    return scaled_series(pictures, files.series_uid, files.description, problems)


def scaled_series(
    pictures: Sequence[RawSlice], series_uid: str, description: str, problems: tuple[Problem, ...] = ()
) -> Series:
    """Decoded pictures on the one scale of their series (paper, section 3), MR with its coil field."""
    modality = pictures[0].modality
    if modality == "CT":
        scale, windows = HOUNSFIELD_SCALE, CT_WINDOWS
    else:
        signal = np.concatenate([picture.values.ravel() for picture in pictures])
        scale, windows = signal_scale(signal), signal_windows(signal)
    with ThreadPoolExecutor() as pool:
        slices = tuple(pool.map(lambda picture: picture.to_slice(scale, windows), pictures))
    series = Series(slices, modality, series_uid, description, problems)
    alike = len({(picture.shape, picture.spacing) for picture in slices}) == 1
    if modality == "MR" and len(series) > 1 and alike and parallel_plane(series.planes):
        return replace(series, slices=with_series_field(slices))
    return series
