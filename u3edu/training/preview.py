"""Preview pictures of a run: image, label map and reconstruction side by side."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice


def save_preview(path: Path, engine: Engine, slices: Sequence[Slice]) -> np.ndarray:
    """Write a PNG with one row a slice: image, label map in colours, reconstruction.

    Parameters
    ----------
    path : Path
    engine : Engine
    slices : sequence of Slice
        Smaller pictures are padded to the largest.

    Returns
    -------
    uint8 [rows, columns, 3]
        The picture written.
    """
    rows = [preview_row(engine, picture) for picture in slices]
    size = np.max([row.shape for row in rows], axis=0)
    padded = [
        np.pad(row, [(0, whole - length) for whole, length in zip(size, row.shape, strict=True)])
        for row in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.concatenate(padded)
    Image.fromarray(picture).save(path)
    return picture


def preview_row(engine: Engine, picture: Slice) -> np.ndarray:
    """uint8 [H, 3 W, 3] of one slice."""
    label_map = engine.segment(picture)
    colours = np.array([element.rgb for element in engine.elements], dtype=np.uint8)
    reconstruction = engine.synthesize(label_map)
    greys = [np.repeat(shown.display()[..., None], 3, axis=2) for shown in (picture, reconstruction)]
    return np.concatenate([greys[0], colours[label_map.labels], greys[1]], axis=1)
