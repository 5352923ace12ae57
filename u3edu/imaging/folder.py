"""Which series of pictures a folder or zip file holds, and which of its files are something else."""

import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from u3edu.imaging.archive import Location, is_archive, members
from u3edu.imaging.dicomdir import missing_from
from u3edu.imaging.geometry import parallel_plane
from u3edu.imaging.header import SliceFile, picture_files
from u3edu.imaging.multiframe import split_stacks
from u3edu.imaging.problem import Problem, UnreadableSlice
from u3edu.imaging.stack import measure_stack

# Called after each file with how many are done, and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SeriesFiles:
    """The pictures of one series, in the order of their slices; pixels are not read yet.

    Parameters
    ----------
    files : tuple of SliceFile
        One for each slice: a file, or a frame of one.
    stack : int
        Which stack of a series that has several (multi-frame files), from 1; 0 where it is one.
    """

    files: tuple[SliceFile, ...]
    stack: int = 0

    @property
    def identifier(self) -> str:
        """What to choose the series by: its UID, with the number of the stack where it has several."""
        return f"{self.series_uid}/{self.stack}" if self.stack else self.series_uid

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

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of how the slices lie: unequal distances, tilt, oblique planes."""
        return measure_stack([file.plane for file in self.files]).remarks

    def __len__(self) -> int:
        return len(self.files)

    def __str__(self) -> str:
        slices = "1 slice" if len(self) == 1 else f"{len(self)} slices"
        name = f', "{self.description}"' if self.description else ""
        return f"{self.identifier}  {self.modality}, {slices}{name}"


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


def scan_folder(folder: str | os.PathLike[str], progress: Progress | None = None) -> FolderScan:
    """Find the CT and MR series in a folder and its sub-folders; only headers are read.

    Zip files are looked into without being unpacked. Hidden files are passed over, and the
    DICOMDIR index of a disc says which of its pictures are missing. Links to folders are not
    followed.

    Parameters
    ----------
    folder : path-like
        A folder, a zip file, the DICOMDIR of a disc, or one DICOM file.
    progress : callable, optional
        Called after each file with how many are done, and how many there are.

    Returns
    -------
    FolderScan

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    """
    locations, problems = files_under(Path(folder))
    found: dict[str, dict[tuple[str, int], SliceFile]] = defaultdict(dict)
    with ThreadPoolExecutor() as pool:
        for done, (pictures, refused) in enumerate(pool.map(pictures_or_problems, locations), start=1):
            problems += refused
            for picture in pictures:
                # A picture without an identifier of its own can't be recognised as a copy.
                key = picture.instance_uid or str(picture.path), picture.frame
                twin = found[picture.series_uid].setdefault(key, picture)
                if twin is not picture and picture.frame == 0:
                    problems.append(Problem(picture.path, f"a second copy of {twin.path}, left out"))
            if progress:
                progress(done, len(locations))
    series = [one for files in found.values() for one in stacks_of(list(files.values()))]
    series.sort(key=lambda one: (one.description, one.series_uid, one.stack))
    return FolderScan(tuple(series), tuple(problems))


def stacks_of(files: list[SliceFile]) -> list[SeriesFiles]:
    """The pictures of one series as one stack of slices, or several (see `split_stacks`)."""
    stacks = split_stacks(files)
    if len(stacks) == 1:
        return [SeriesFiles(in_order(stacks[0]))]
    return [SeriesFiles(in_order(stack), number) for number, stack in enumerate(stacks, start=1)]


def files_under(folder: Path) -> tuple[list[Location], list[Problem]]:
    """Every file that may hold a picture, sorted, and what can't be opened or isn't there."""
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: no such file or folder")
    if folder.is_file() and folder.name == "DICOMDIR":
        folder = folder.parent
    if not folder.is_dir():
        return files_in(folder)
    locations: list[Location] = []
    problems: list[Problem] = []

    def note(error: OSError) -> None:
        problems.append(Problem(Path(error.filename), f"cannot be opened ({error.strerror})"))

    for parent, subfolders, names in os.walk(folder, onerror=note):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        # Followed, links could lead round in circles.
        links = [path for name in subfolders if (path := Path(parent, name)).is_symlink()]
        problems += [Problem(path, "a link to a folder, not followed; open that folder") for path in links]
        for name in sorted(names):
            path = Path(parent, name)
            if name == "DICOMDIR":
                problems += missing_from(path)
            # Pipes and sockets would never end; a dangling link is named as a problem later.
            elif not name.startswith(".") and (path.is_file() or path.is_symlink()):
                inside, refused = files_in(path)
                locations += inside
                problems += refused
    return locations, problems


def files_in(path: Path) -> tuple[list[Location], list[Problem]]:
    """A file itself, or the members of a zip file."""
    if not is_archive(path):
        return [path], []
    inside, problems = members(path)
    return [*inside], problems


def pictures_or_problems(location: Location) -> tuple[list[SliceFile], list[Problem]]:
    """The headers of a file's pictures, and why the file, or some of its frames, are none."""
    try:
        return picture_files(location)
    except UnreadableSlice as error:
        return [], [error.problem]


def in_order(files: list[SliceFile]) -> tuple[SliceFile, ...]:
    """Slices by position along their common normal; by InstanceNumber where there is none."""
    if parallel_plane([file.plane for file in files]):
        return tuple(
            sorted(
                files,
                key=lambda file: (
                    file.plane.position if file.plane else 0.0,
                    file.instance_number,
                    file.path,
                    file.frame,
                ),
            )
        )
    return tuple(sorted(files, key=lambda file: (file.instance_number, file.path, file.frame)))
