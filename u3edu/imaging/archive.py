"""Zip files: their members are read into memory, one at a time, and never unpacked to disk."""

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from u3edu.imaging.problem import Problem, UnreadableSlice

# Far above any CT or MR series, far below what a hostile file can claim.
MOST_MEMBERS = 50_000
MOST_BYTES_A_MEMBER = 2**30
MOST_BYTES = 2**35


@dataclass(frozen=True)
class Member:
    """A file within a zip file.

    Parameters
    ----------
    archive : Path
        The zip file.
    name : str
        The member's name in it, as the zip file spells it.
    """

    archive: Path
    name: str

    @property
    def path(self) -> Path:
        """What the member is called in messages; no such file exists on disk."""
        return Path(
            self.archive, *(part for part in PurePosixPath(self.name).parts if part not in ("/", ".."))
        )

    def open(self) -> io.BytesIO:
        """The member's bytes.

        Raises
        ------
        UnreadableSlice
            If it cannot be read, or holds more than `MOST_BYTES_A_MEMBER`.
        """
        try:
            with zipfile.ZipFile(self.archive) as archive, archive.open(self.name) as stream:
                # The size that a zip file claims can be a lie; what comes out is counted.
                content = stream.read(MOST_BYTES_A_MEMBER + 1)
        except OSError as error:
            raise UnreadableSlice(self.path, f"cannot be read ({error.strerror or error})") from error
        except Exception as error:  # zipfile and the decompressors raise many kinds on damaged data
            raise UnreadableSlice(self.path, f"cannot be read from the zip file ({error})") from error
        if len(content) > MOST_BYTES_A_MEMBER:
            raise UnreadableSlice(self.path, f"larger than {MOST_BYTES_A_MEMBER >> 20} MiB")
        return io.BytesIO(content)


# Where the bytes of a picture are.
Location = Path | Member


def is_archive(path: Path) -> bool:
    """Whether a file is a zip file, by name and by content."""
    return path.suffix.lower() == ".zip" and path.is_file()


def members(path: Path) -> tuple[list[Member], list[Problem]]:
    """The members of a zip file that may hold a picture, and why others cannot be read.

    Folders, hidden files (among them what macOS adds) and DICOMDIR are passed over.

    Parameters
    ----------
    path : Path
        The zip file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except OSError as error:
        return [], [Problem(path, f"cannot be read ({error.strerror or error})")]
    except Exception as error:
        return [], [Problem(path, f"damaged zip file ({error}); copy it again")]
    if len(entries) > MOST_MEMBERS:
        return [], [Problem(path, f"holds {len(entries)} files, more than {MOST_MEMBERS}; unpack it first")]
    claimed = sum(entry.file_size for entry in entries)
    if claimed > MOST_BYTES:
        return [], [
            Problem(path, f"claims to hold {claimed >> 30} GiB, more than {MOST_BYTES >> 30}; unpack it")
        ]
    found, problems, seen = [], [], set()
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        if entry.is_dir() or not parts or parts[-1] == "DICOMDIR" or _hidden(parts):
            continue
        member = Member(path, entry.filename)
        reason = _reason_to_refuse(entry)
        if not reason and entry.filename in seen:
            reason = "the zip file holds two files of this name; only the last can be read"
        seen.add(entry.filename)
        if reason:
            problems.append(Problem(member.path, reason))
        else:
            found.append(member)
    return sorted(found, key=lambda member: member.name), problems


def _hidden(parts: tuple[str, ...]) -> bool:
    """Whether a path leads through a hidden folder or names a hidden file."""
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in parts)


def _reason_to_refuse(entry: zipfile.ZipInfo) -> str:
    """Why a member is not read; empty where it is."""
    if entry.flag_bits & 1:
        return "locked with a password; unpack the zip file first"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link, which a zip file cannot follow"
    if entry.file_size > MOST_BYTES_A_MEMBER:
        return f"larger than {MOST_BYTES_A_MEMBER >> 20} MiB"
    if entry.filename.lower().endswith(".zip"):
        return "a zip file within a zip file; unpack the outer one first"
    return ""
