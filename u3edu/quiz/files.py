"""The files of a quiz: pictures and maps as PNG that tell nothing but what they show."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ValidationError

from u3edu.quiz.errors import InvalidQuiz

Document = TypeVar("Document", bound=BaseModel)

LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 2048 * 2048
MOST_FILES = 2000
# All files of a quiz carry one time: the order in which they were made would tell.
TIME = 946_684_800  # 2000-01-01, UTC


def picture_png(pixels: np.ndarray, palette: list[int] | None = None) -> bytes:
    """A PNG without text and without compression.

    Every picture of one shape has the same number of bytes, so that the size of the file does
    not tell a grainy picture from a smooth one.

    Parameters
    ----------
    pixels : uint8 [H, W], uint8 [H, W, 3], or bool [H, W]
    palette : list of int, optional
        Red, green and blue for each value of uint8 [H, W], which then are labels.
    """
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if palette is not None:
        picture.putpalette(palette)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=0)
    return file.getvalue()


def read_png(content: bytes, name: str) -> np.ndarray:
    """The values of a PNG: uint8 [H, W] for grey pictures and label maps, uint8 [H, W, 3] for colours.

    Raises
    ------
    InvalidQuiz
        If it is no PNG of at most 2048 x 2048 pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            if picture.width * picture.height > LARGEST_PIXELS or picture.mode not in ("L", "P", "RGB"):
                raise InvalidQuiz(
                    f"{name}: {picture.width} x {picture.height} {picture.mode} is no quiz picture"
                )
            return np.array(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, InvalidQuiz):
            raise
        raise InvalidQuiz(f"{name}: no readable PNG; bring it back from a copy of the quiz") from error


def write_files(folder: Path, document: str, text: str, files: Mapping[str, bytes]) -> None:
    """Write a folder with a JSON document and its pictures, whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        Must not exist, or be empty.
    document : str
        Name of the JSON document.
    text : str
    files : mapping of names to contents

    Raises
    ------
    FileExistsError
        If something is in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty; choose another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    (unfinished / "pictures").mkdir(parents=True)
    (unfinished / document).write_text(json.dumps(json.loads(text), indent=1) + "\n", "utf-8")
    # In the order of their random names, which is no order.
    for name in sorted(files):
        (unfinished / "pictures" / name).write_bytes(files[name])
    for path in (*unfinished.rglob("*"), unfinished):
        os.utime(path, (TIME, TIME))
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)


def read_document(folder: Path, document: str, model: type[Document], what: str) -> Document:
    """The JSON document of a folder.

    Parameters
    ----------
    folder : pathlib.Path
    document : str
        Its name.
    model : type
        What it must be.
    what : str
        The same in words, for the message.

    Raises
    ------
    InvalidQuiz
        If it is not there, larger than any quiz, or something else.
    """
    path = folder / document
    if not path.is_file():
        raise InvalidQuiz(f"{folder}: no {document} in it")
    if path.stat().st_size > LARGEST_BYTES:
        raise InvalidQuiz(f"{path}: {path.stat().st_size:,} bytes are more than a quiz has")
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InvalidQuiz.from_validation(error, f"{path}: no {what} of version 1") from error


def read_files(folder: Path, names: set[str]) -> dict[str, bytes]:
    """The named files of a folder; names have been checked to be plain.

    Raises
    ------
    InvalidQuiz
        If one is missing, a link, or too large.
    """
    if len(names) > MOST_FILES:
        raise InvalidQuiz(f"{folder}: {len(names)} pictures; a quiz has at most {MOST_FILES}")
    files = {}
    for name in sorted(names):
        path = folder / "pictures" / name
        if path.is_symlink() or not path.is_file():
            raise InvalidQuiz(f"{folder}: pictures/{name} is missing")
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidQuiz(f"{path}: larger than {LARGEST_BYTES:,} bytes")
        files[name] = path.read_bytes()
    return files
