"""Edit scripts as files."""

import os
import tempfile
from pathlib import Path

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.script import EditScript

# A thousand strokes of a thousand points each are about 30 MB.
LARGEST_BYTES = 64 * 2**20


def write_script(script: EditScript, path: str | os.PathLike[str]) -> None:
    """Write a script as JSON; a file that is there is replaced whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(script.to_json() + "\n")
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_script(path: str | os.PathLike[str]) -> EditScript:
    """Read a script that `write_script` wrote.

    Raises
    ------
    InvalidEdit
        If the file is not there, too large, or no edit script; the message names it.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InvalidEdit(f"{path}: {size:,} bytes are more than any edit script has")
        return EditScript.from_json(path.read_bytes())
    except OSError as error:
        raise InvalidEdit(f"{path}: {error.strerror}") from error
    except InvalidEdit as error:
        raise error if str(error).startswith(str(path)) else InvalidEdit(f"{path}: {error}") from error
