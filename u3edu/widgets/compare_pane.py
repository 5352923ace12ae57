"""Pictures of one place, compared in the page: side by side, swiped, in turn, and their difference."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent / "page"
MODES = ("side by side", "swipe", "flicker", "difference")


class ComparePane(anywidget.AnyWidget):
    """Shows pictures of equal size; swipe and flicker run in the page and need no kernel.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the pictures.
    spacing : tuple of float
        Pixel spacing in mm (row, column).

    Attributes
    ----------
    pictures : list of dict
        ``title``, ``note``, ``png`` (bytes) and ``map``: whether it is a difference map, which is
        neither swiped nor shown in turn.
    mode : str
        One of `MODES`.
    cursor : list of int
        Row and column of the cursor that is linked over all pictures.
    reading : str
        What is said about that place.
    """

    _esm = _FOLDER / "compare.js"
    _css = _FOLDER / "compare.css"

    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    spacing = traitlets.List(traitlets.Float()).tag(sync=True)
    pictures: "traitlets.List[dict[str, Any]]" = traitlets.List().tag(sync=True)
    mode = traitlets.Enum(MODES, MODES[0]).tag(sync=True)
    cursor = traitlets.List(traitlets.Int()).tag(sync=True)
    reading = traitlets.Unicode().tag(sync=True)

    def __init__(self, shape: tuple[int, int], spacing: tuple[float, float]) -> None:
        super().__init__(shape=list(shape), spacing=list(spacing))

    def read_with(self, read: Callable[[int, int], str]) -> None:
        """Say `read(row, column)` whenever the cursor has moved."""

        def follow(change: dict[str, list[int]]) -> None:
            row, column = change["new"]
            inside = 0 <= row < self.shape[0] and 0 <= column < self.shape[1]
            self.reading = read(row, column) if inside else ""

        self.observe(follow, "cursor")
