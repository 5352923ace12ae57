"""A folder of DICOM files to one Series of slices in order."""

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import overload

import numpy as np

from u3edu.imaging.dicom import RawSlice, read_raw
from u3edu.imaging.folder import FolderScan, SeriesFiles, scan_folder
from u3edu.imaging.intensity import HOUNSFIELD_SCALE, signal_scale
from u3edu.imaging.problem import Problem, UnreadableFileWarning, UnreadableSeries, UnreadableSlice
from u3edu.imaging.slice import Slice
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


def read_series(folder: str | PathLike[str], series: str | None = None) -> Series:
    """Read the CT or MR series in a folder and its sub-folders.

    CT is scaled as in `read_slice`. MR is mapped to [-1, 1] by the 0.1st and 99.9th percentile
    of all its slices together, so that one tissue keeps one brightness through the series.

    Parameters
    ----------
    folder : path-like
        A folder of DICOM files, or one file.
    series : str, optional
        SeriesInstanceUID of the series to read, where the folder holds several.

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
    read = read_files(choose(scan, Path(folder), series))
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
    for one in scan.series:
        if one.series_uid == series:
            return one
    raise UnreadableSeries(f"{folder}: no series {series}; there is{listing}")


def read_files(files: SeriesFiles) -> Series:
    """Read the pixels of a series that a scan has found.

    Parameters
    ----------
    files : SeriesFiles
        From `scan_folder`.

    Returns
    -------
    Series
        The slices that could be read; the others are in its `problems`.

    Raises
    ------
    UnreadableSeries
        If not one slice could be read.
    """
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(raw_or_problem, [file.path for file in files.files]))
    pictures = [result for result in results if isinstance(result, RawSlice)]
    problems = tuple(result for result in results if isinstance(result, Problem))
    if not pictures:
        reasons = "".join(f"\n  {problem}" for problem in problems)
        raise UnreadableSeries(f"series {files.series_uid}: not one of its files can be read{reasons}")
    if files.modality == "CT":
        scale, windows = HOUNSFIELD_SCALE, CT_WINDOWS
    else:
        signal = np.concatenate([picture.values.ravel() for picture in pictures])
        scale, windows = signal_scale(signal), signal_windows(signal)
    slices = tuple(picture.to_slice(scale, windows) for picture in pictures)
    return Series(slices, files.modality, files.series_uid, files.description, problems)


def raw_or_problem(path: Path) -> RawSlice | Problem:
    """The decoded picture, or why it can't be read."""
    try:
        return read_raw(path)
    except UnreadableSlice as error:
        return error.problem
