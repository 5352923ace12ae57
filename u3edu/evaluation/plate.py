"""The plate of a report: real and made pictures side by side, at full size."""

import base64
import io

import numpy as np
from PIL import Image

from u3edu.editing.label_map import LabelMap
from u3edu.evaluation.gradients import gradient_magnitude
from u3edu.imaging.slice import Slice, Window
from u3edu.imaging.tiles import tiles_inside

SIDE = 160
_STEP = 40
_COVERAGE = 0.9


def telling_crops(picture: Slice, body: np.ndarray, count: int = 2) -> list[tuple[slice, slice]]:
    """Places with much to see: the squares of 160 pixels with the steepest gradients, apart from each other.

    Parameters
    ----------
    picture : Slice
        The real one.
    body : bool [H, W]
    count : int
        How many at most.
    """
    steep = gradient_magnitude(picture.pixels) * body
    places = sorted(
        tiles_inside(body, min(SIDE, *picture.shape), _STEP, _COVERAGE),
        key=lambda tile: -float(steep[tile].mean()),
    )
    chosen: list[tuple[slice, slice]] = []
    for place in places:
        if all(_apart(place, other) for other in chosen) and len(chosen) < count:
            chosen.append(place)
    return chosen


def grey_png(picture: Slice, window: Window, place: tuple[slice, slice]) -> str:
    """A part of a picture through a window as a data address for HTML, one dot a pixel."""
    return png_address(picture.display(window)[place])


def label_png(label_map: LabelMap, place: tuple[slice, slice]) -> str:
    """A part of a label map in the elements' colours as a data address."""
    colours = np.array([element.rgb for element in label_map.elements], dtype=np.uint8)
    return png_address(colours[label_map.labels[place]])


def png_address(pixels: np.ndarray) -> str:
    """uint8 [H, W] or [H, W, 3] as a data address."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _apart(first: tuple[slice, slice], second: tuple[slice, slice]) -> bool:
    return any(
        abs(one.start - other.start) >= one.stop - one.start for one, other in zip(first, second, strict=True)
    )
