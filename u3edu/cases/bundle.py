"""A case as a folder or as one ``.u3case`` file, opened so that a stranger's can do no harm."""

import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from u3edu.cases.problem import InvalidCase

SUFFIX = ".u3case"
# Bounds of all that a case may hold; a series of 60 DICOM slices is 30 MB.
MOST_FILES = 1000
MOST_BYTES_A_FILE = 64 * 2**20
MOST_BYTES = 512 * 2**20
# More than deflate gains on a picture, less than what a zip bomb needs.
LARGEST_RATIO = 200
_RATIO_FROM_BYTES = 2**20
# Nothing that a program would run or unpickle.
SUFFIXES = (".yaml", ".json", ".png", ".dcm", ".txt", ".md")
_PART = re.compile(r"^[A-Za-z0-9_][\w.-]*$")
_MOST_PARTS = 4


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of a case; a ``.u3case`` file is unpacked into one that is gone afterwards.

    Parameters
    ----------
    path : Path
        A folder or a ``.u3case`` file.

    Raises
    ------
    InvalidCase
        If it is neither, or holds what no case holds: links, paths that lead out of it, names
        that differ by capitals alone, other kinds of file than text and pictures, a file twice,
        or more than the bounds.
    """
    if path.is_dir():
        check_folder(path)
        yield path
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="u3case-") as folder:
            _unpack(path, Path(folder))
            yield Path(folder)
    else:
        raise InvalidCase.at(str(path), "", "no such file or folder")


def case_files(folder: Path) -> list[str]:
    """The files of a case's folder as POSIX paths in order; hidden ones are passed over."""
    found = []
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in files:
            if not name.startswith("."):
                found.append(Path(place, name).relative_to(folder).as_posix())
    return sorted(found)


def check_folder(folder: Path) -> None:
    """Look at the names, kinds and sizes of a folder's files before any is opened.

    Raises
    ------
    InvalidCase
        See `opened`.
    """
    total = 0
    for place, names, files in os.walk(folder):
        for name in [*names, *files]:
            path = Path(place, name)
            if not name.startswith(".") and path.is_symlink():
                raise InvalidCase.at(
                    path.relative_to(folder).as_posix(), "", "a link; copy the file itself into the case"
                )
        names[:] = [name for name in names if not name.startswith(".")]
    names = case_files(folder)
    _check_names(names)
    for name in names:
        status = (folder / name).lstat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidCase.at(name, "", "neither a file nor a folder; take it out")
        total += status.st_size
        _check_size(name, status.st_size, total)


def read_bytes(folder: Path, name: str, most: int = MOST_BYTES_A_FILE) -> bytes:
    """A file of a case.

    Raises
    ------
    InvalidCase
        If it is missing, cannot be read, or is larger than `most` bytes.
    """
    path = folder / name
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        reason = (
            "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        )
        raise InvalidCase.at(name, "", reason) from None
    if len(content) > most:
        raise InvalidCase.at(name, "", f"larger than {most >> 10} KiB")
    return content


def _unpack(path: Path, folder: Path) -> None:
    """Write the members of a zip file into an empty folder, once all of them are looked at."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries)
            total = 0
            for entry in entries:
                with archive.open(entry) as stream:
                    # The size that a zip file claims can be a lie; what comes out is counted.
                    content = stream.read(MOST_BYTES_A_FILE + 1)
                total += len(content)
                _check_size(entry.filename, len(content), total)
                target = folder / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    except InvalidCase:
        raise
    except OSError as error:
        raise InvalidCase.at(path.name, "", f"cannot be read ({error.strerror or error})") from None
    except Exception as error:  # zipfile and the decompressors raise many kinds on damaged data
        raise InvalidCase.at(
            path.name, "", f"no {SUFFIX} file, or damaged ({error}); copy it again"
        ) from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip file by what its directory says, before anything is unpacked."""
    names = [entry.orig_filename for entry in entries]
    _check_names(names)
    total = 0
    for entry in entries:
        mode = entry.external_attr >> 16
        if stat.S_ISLNK(mode) or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
            raise InvalidCase.at(entry.filename, "", "a link or a device; a case holds files alone")
        if entry.flag_bits & 1:
            raise InvalidCase.at(entry.filename, "", "locked with a password; a case has none")
        total += entry.file_size
        _check_size(entry.filename, entry.file_size, total)
        if entry.file_size > max(_RATIO_FROM_BYTES, LARGEST_RATIO * max(1, entry.compress_size)):
            raise InvalidCase.at(
                entry.filename, "", f"unpacks to more than {LARGEST_RATIO} times its size, as zip bombs do"
            )


def _check_names(names: list[str]) -> None:
    """Refuse paths that lead out, that no system or only some can write, and what no case holds."""
    if len(names) > MOST_FILES:
        raise InvalidCase.at("the case", "", f"holds {len(names)} files, more than {MOST_FILES}")
    seen: set[str] = set()
    for name in names:
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name:
            raise InvalidCase.at(name, "", "leads out of the case")
        if len(parts) > _MOST_PARTS or not all(_PART.match(part) for part in parts) or len(name) > 200:
            raise InvalidCase.at(name, "", "names have letters, digits, dots, hyphens and underscores alone")
        if name.casefold() in seen:
            raise InvalidCase.at(name, "", "stands twice in the case; keep one")
        seen.add(name.casefold())
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            raise InvalidCase.at(name, "", f"a case holds {', '.join(SUFFIXES)} files alone; take it out")


def _check_size(name: str, size: int, total: int) -> None:
    if size > MOST_BYTES_A_FILE:
        raise InvalidCase.at(name, "", f"larger than {MOST_BYTES_A_FILE >> 20} MiB")
    if total > MOST_BYTES:
        raise InvalidCase.at(name, "", f"the case is larger than {MOST_BYTES >> 20} MiB")
