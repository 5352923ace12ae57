"""A folder of files to one zip file: the same files give the same bytes, whenever and wherever."""

import io
import zipfile
from collections.abc import Mapping

# The first moment that a zip file can name, for every member.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _MODE = 3, 0o644


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip file, in the order of their names, without times, owners or comments.

    Parameters
    ----------
    files : mapping of str to bytes
        By POSIX path.

    Returns
    -------
    bytes
        Members are stored as they are: what a compressor makes of a picture's size and detail
        would tell of it, and differ between versions of the compressor.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, files[name])
    return content.getvalue()
