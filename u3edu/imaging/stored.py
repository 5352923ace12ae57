"""A Slice on disk: pixels as a 16-bit PNG, everything else as JSON beside it."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from pydantic import TypeAdapter, ValidationError

from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.slice import Acquisition, Slice

ACQUISITION = TypeAdapter(Acquisition)
LEVELS = 65535


def write_slice(path: Path, picture: Slice) -> None:
    """Write a slice as ``<name>.png`` and ``<name>.json``.

    Parameters
    ----------
    path : Path
        Of the PNG. Intensities are rounded to 65,536 levels, which is finer than CT or MR.
    picture : Slice
    """
    Image.fromarray(to_levels(picture.pixels)).save(path, format="PNG", optimize=True)
    path.with_suffix(".json").write_bytes(ACQUISITION.dump_json(picture.acquisition, indent=2) + b"\n")


def load_slice(path: Path) -> Slice:
    """Read a slice that `write_slice` wrote.

    Raises
    ------
    UnreadableSlice
        If a file is missing or damaged.
    """
    try:
        with Image.open(path, formats=["PNG"]) as image:
            levels = np.asarray(image)
        acquisition = ACQUISITION.validate_json(path.with_suffix(".json").read_bytes())
    except (OSError, UnidentifiedImageError, ValidationError) as error:
        raise UnreadableSlice(path, f"not a stored slice ({str(error).splitlines()[0]})") from error
    if levels.ndim != 2 or levels.dtype.kind != "u" or levels.dtype.itemsize != 2:
        raise UnreadableSlice(path, f"not a 16-bit grey picture (mode {image.mode})")
    return Slice(from_levels(levels), acquisition)


def to_levels(pixels: np.ndarray) -> np.ndarray:
    """Pixels in [-1, 1] as they are stored, uint16 [H, W]."""
    return np.rint((pixels + 1) / 2 * LEVELS).astype(np.uint16)


def from_levels(levels: np.ndarray) -> np.ndarray:
    """Pixels float32 [H, W] in [-1, 1] of stored levels, uint16 [H, W]."""
    return levels.astype(np.float32) / LEVELS * 2 - 1
