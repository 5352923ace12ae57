"""DICOMDIR, the index of a disc: which of the pictures that it lists are missing."""

from pathlib import Path

import pydicom

from u3edu.imaging.problem import Problem

# A disc may have been copied in part; a handful of names is enough to see which part.
MOST_NAMES = 3


def missing_from(index: Path) -> list[Problem]:
    """What the index lists and the folder beside it doesn't hold.

    The index only says what should be there: pictures are found by looking into the folder, so
    a damaged or foreign index is passed over, and no file outside the folder is ever opened.

    Parameters
    ----------
    index : Path
        The file DICOMDIR.
    """
    try:
        records = pydicom.dcmread(index).get("DirectoryRecordSequence") or []
        listed = [record.get("ReferencedFileID") for record in records]
        names = [[part] if isinstance(part, str) else [str(name) for name in part] for part in listed if part]
    except Exception:  # parsing stops wherever the damage is, with any kind of error
        return []
    missing = [name for name in names if ".." not in name and not present(index.parent, name)]
    if not missing:
        return []
    some = ", ".join("/".join(name) for name in missing[:MOST_NAMES])
    more = f" and {len(missing) - MOST_NAMES} more" if len(missing) > MOST_NAMES else ""
    return [
        Problem(
            index,
            f"lists {len(names)} files, {len(missing)} of them missing ({some}{more}); copy the disc again",
        )
    ]


def present(folder: Path, name: list[str]) -> bool:
    """Whether a listed file is there; file systems and copying programs change capitals."""
    spellings = (name, [part.lower() for part in name])
    return any(folder.joinpath(*parts).is_file() for parts in spellings)
