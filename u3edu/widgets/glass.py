"""A pane of glass over the picture: pointer, touch and keys are followed in the page itself."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

# One module of the page, in several files: each uses only what stands before it.
_PARTS = ("view.js", "wet.js", "gestures.js", "tidy.js", "glass.js")
_FOLDER = Path(__file__).parent / "page"


class Glass(anywidget.AnyWidget):
    """Follows a gesture without asking the kernel, and sends it as one message when it is complete.

    Wet paint, outlines in the making, the brush's ring, zoom and pan are drawn by the browser, so
    that they follow the hand whatever the way to the kernel takes. What was drawn last stays on
    the pane until the kernel has answered.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the picture.
    spacing : tuple of float
        Pixel spacing in mm (row, column).

    Attributes
    ----------
    tool : dict
        ``name``, ``gesture`` (``"freehand"``, ``"line"``, ``"ring"``, ``"polygon"``, ``"lasso"``,
        ``"tap"``, ``"hand"``, ``"window"`` or ``"measure"``), ``width`` in pixels, ``colour``,
        and ``ring``: whether the pointer carries a ring of that width.
    view : list of float
        Zoom 1 to 8, and the left and the upper border of what is shown, as fractions of the picture.
    marks : list of dict
        What stays on the picture until it is taken away: ``gesture`` (``"measure"`` for the ruler,
        ``"lasso"`` for a region, ``"tap"`` for a place) and ``points`` [x, y] in canvas coordinates.
    description : str
        What screen readers say of the pane.
    """

    _esm = "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in _PARTS)

    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    spacing = traitlets.List(traitlets.Float()).tag(sync=True)
    tool = traitlets.Dict().tag(sync=True)
    view = traitlets.List(traitlets.Float(), default_value=[1.0, 0.0, 0.0]).tag(sync=True)
    marks: traitlets.List[dict[str, Any]] = traitlets.List(traitlets.Dict()).tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)

    def __init__(self, shape: tuple[int, int], spacing: tuple[float, float]) -> None:
        super().__init__(shape=list(shape), spacing=list(spacing))
        self._listeners: dict[str, Callable[[dict[str, Any]], None]] = {}
        self.on_msg(self._receive)

    def listen(self, kind: str, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call back with each message of a kind: ``gesture``, ``hover``, ``leave``, ``window``, ``key``."""
        self._listeners[kind] = callback

    def mark(self, gesture: str, points: Sequence[tuple[float, float]]) -> None:
        """Lay a mark in place of the last of its kind; none without points.

        Parameters
        ----------
        gesture : str
            See `marks`.
        points : sequence of (row, column)
            In pixels; whole numbers are pixel centres.
        """
        marks = [mark for mark in self.marks if mark["gesture"] != gesture]
        if points:
            # The canvas counts x and y from the corner of the first pixel.
            places = [[column + 0.5, row + 0.5] for row, column in points]
            marks.append({"gesture": gesture, "points": places})
        self.marks = marks

    def answer(self, message: dict[str, Any]) -> None:
        """Tell the page that a gesture has been dealt with, well or badly: its wet paint may go."""
        self.send({"kind": "done", "id": message["id"]})

    def _receive(self, _: Any, message: dict[str, Any], __: list[Any]) -> None:
        callback = self._listeners.get(message.get("kind", ""))
        if callback is None:
            return
        try:
            callback(message)
        finally:
            if "id" in message:
                self.answer(message)
