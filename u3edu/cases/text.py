"""The kinds of text and number that a case is made of, each with its bounds."""

from typing import Annotated

from pydantic import Field, StringConstraints

_NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
_PATH = r"^[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*){0,3}$"
_SHA256 = r"^[0-9a-f]{64}$"
_UID = r"^[0-9]+(\.[0-9]+)+$"

# What a text that doesn't fit is told.
PATTERN_WORDS = {
    _NAME: "a name has small letters, digits and hyphens, 64 at most",
    _PATH: "a file lies in the case's own folder: no '..', no '/' in front, no hidden name",
    _SHA256: "a SHA-256 has 64 hexadecimal digits in small letters",
    _UID: "a UID has numbers with dots between",
}

# What a file on any system, a web address and a person can read alike.
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
# In the case's folder: no way out of it, no hidden file, no drive, no back slash.
FilePath = Annotated[str, StringConstraints(pattern=_PATH, max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=_SHA256)]
Uid = Annotated[str, StringConstraints(pattern=_UID, max_length=64)]
Millimetres = Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)]
