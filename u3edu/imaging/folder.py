"""Which series of pictures a folder holds, and which of its files are something else."""

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from u3edu.imaging.header import SliceFile, slice_file
from u3edu.imaging.problem import Problem, UnreadableSlice


@dataclass(frozen=True)
class SeriesFiles:
    """The files of one series, in the order of their slices; pixels are not read yet.

    Parameters
    ----------
    files : tuple of SliceFile
        One for each slice.
    """

    files: tuple[SliceFile, ...]

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID."""
        return self.files[0].series_uid

    @property
    def modality(self) -> str:
        """``"CT"`` or ``"MR"``."""
        return self.files[0].modality

    @property
    def description(self) -> str:
        """SeriesDescription, empty where there is none."""
        return self.files[0].description

    def __len__(self) -> int:
        return len(self.files)

    def __str__(self) -> str:
        slices = "1 slice" if len(self) == 1 else f"{len(self)} slices"
        name = f', "{self.description}"' if self.description else ""
        return f"{self.series_uid}  {self.modality}, {slices}{name}"


@dataclass(frozen=True)
class FolderScan:
    """What a folder holds.

    Parameters
    ----------
    series : tuple of SeriesFiles
        Ordered by description, then UID.
    problems : tuple of Problem
        Every file that is no slice, with the reason.
    """

    series: tuple[SeriesFiles, ...]
    problems: tuple[Problem, ...]


def scan_folder(folder: str | os.PathLike[str]) -> FolderScan:
    """Find the CT and MR series in a folder and its sub-folders; only headers are read.

    Hidden files and the DICOMDIR index of a disc are passed over. Links to folders are not
    followed.

    Parameters
    ----------
    folder : path-like
        A folder, or one file.

    Returns
    -------
    FolderScan

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    """
    paths, problems = files_under(Path(folder))
    found: dict[str, dict[str, SliceFile]] = defaultdict(dict)
    with ThreadPoolExecutor() as pool:
        headers = list(pool.map(header_or_problem, paths))
    for header in headers:
        if isinstance(header, Problem):
            problems.append(header)
            continue
        # A picture without an identifier of its own can't be recognised as a copy.
        key = header.instance_uid or str(header.path)
        twin = found[header.series_uid].setdefault(key, header)
        if twin is not header:
            problems.append(Problem(header.path, f"a second copy of {twin.path}, left out"))
    series = [SeriesFiles(in_order(list(files.values()))) for files in found.values()]
    series.sort(key=lambda one: (one.description, one.series_uid))
    return FolderScan(tuple(series), tuple(problems))


def files_under(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every file that may hold a picture, sorted, and the sub-folders that can't be opened."""
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: no such file or folder")
    if not folder.is_dir():
        return [folder], []
    problems: list[Problem] = []

    def note(error: OSError) -> None:
        problems.append(Problem(Path(error.filename), f"cannot be opened ({error.strerror})"))

    paths = []
    for parent, subfolders, names in os.walk(folder, onerror=note):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            # Pipes and sockets would never end; a dangling link is named as a problem later.
            if not name.startswith(".") and name != "DICOMDIR" and (path.is_file() or path.is_symlink()):
                paths.append(path)
    return paths, problems


def header_or_problem(path: Path) -> SliceFile | Problem:
    """The header of a picture, or why the file is none."""
    try:
        return slice_file(path)
    except UnreadableSlice as error:
        return error.problem


def in_order(files: list[SliceFile]) -> tuple[SliceFile, ...]:
    """Slices by position along their common normal; by InstanceNumber where there is none."""
    planes = [file.plane for file in files]
    first = planes[0]
    if first is not None and all(plane is not None and first.is_parallel_to(plane) for plane in planes):
        positions = {file.path: file.plane.position for file in files if file.plane is not None}
        return tuple(sorted(files, key=lambda file: (positions[file.path], file.instance_number, file.path)))
    return tuple(sorted(files, key=lambda file: (file.instance_number, file.path)))
