"""From mouse, touch, keys and controls to the painter's own methods."""

import functools
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from u3edu.widgets.controls import BRUSH, FILL, LARGEST, PICK, SMALLEST, PainterControls
from u3edu.widgets.gestures import GestureHandlers, Gestures
from u3edu.widgets.layers import PaintLayers, SyntheticView
from u3edu.widgets.palette import Palette

if TYPE_CHECKING:
    from u3edu.widgets.painter import Painter

logger = logging.getLogger(__name__)


class Interaction:
    """Wires one painter's widgets; every callback runs under one lock and survives errors.

    Widget messages may be handled on a second thread of the kernel, hence the lock.

    Parameters
    ----------
    painter : Painter
        Does the work.
    layers, view, palette, controls
        The painter's own widgets.
    lock : threading.RLock
        The painter's lock.
    """

    def __init__(
        self,
        painter: "Painter",
        layers: PaintLayers,
        view: SyntheticView,
        palette: Palette,
        controls: PainterControls,
        lock: AbstractContextManager[bool],
    ) -> None:
        self._painter = painter
        self._layers = layers
        self._palette = palette
        self._controls = controls
        self._lock = lock
        self._gestures = Gestures(
            GestureHandlers(
                press=self._press,
                extend=self._extend,
                finish=self._finish,
                cancel=layers.clear_wet,
                hover=self._hover,
                leave=layers.clear_wet,
            )
        )
        self._gestures.listen(layers.canvas, self.guarded)
        for canvas in (layers.canvas, view.canvas):
            canvas.on_client_ready(self.guarded(painter.redraw))
            canvas.on_key_down(self.guarded(self._key))
        palette.on_choose(self.guarded(painter.choose))
        controls.undo.on_click(self.guarded(lambda _: painter.undo()))
        controls.redo.on_click(self.guarded(lambda _: painter.redo()))
        controls.reset.on_click(self.guarded(lambda _: painter.reset()))
        controls.window.observe(self.guarded(lambda _: painter.redraw()), "value")
        controls.opacity.observe(
            self.guarded(lambda change: layers.draw_overlay(painter.label_map, change["new"])), "value"
        )

    def guarded(self, callback: Callable[..., Any]) -> Callable[..., None]:
        """A callback that takes the lock, and puts an error into words instead of raising it."""

        @functools.wraps(callback)
        def run(*arguments: Any) -> None:
            with self._lock:
                try:
                    callback(*arguments)
                except Exception as error:  # whatever it is, the trainee must be able to go on
                    logger.warning("a callback of the painter failed", exc_info=True)
                    self._layers.clear_wet()
                    self._painter.say(str(error) or type(error).__name__, problem=True)

        return run

    def _press(self, x: float, y: float) -> bool:
        """Begin a stroke, or act at once with the other tools."""
        self._layers.clear_wet()
        tool = self._controls.tool.value
        if tool == BRUSH:
            return True
        rows, columns = self._painter.label_map.shape
        seed = min(max(int(y), 0), rows - 1), min(max(int(x), 0), columns - 1)
        if tool == FILL:
            self._painter.fill(seed)
        elif tool == PICK:
            self._painter.choose(int(self._painter.label_map.labels[seed]))
            self._controls.tool.value = BRUSH
        return False

    def _extend(self, points: np.ndarray) -> None:
        colour = self._painter.label_map.elements[self._painter.element].colour
        self._layers.draw_wet(points, self._controls.diameter.value, colour)

    def _finish(self, points: np.ndarray) -> None:
        # The canvas counts from the corner of the first pixel, strokes from its centre; a
        # hundredth of a pixel is finer than any mouse.
        rows_columns = np.round(points[:, ::-1] - 0.5, 2)
        try:
            self._painter.stroke([(float(row), float(column)) for row, column in rows_columns])
        finally:
            self._layers.clear_wet()

    def _hover(self, x: float, y: float) -> None:
        if self._controls.tool.value == BRUSH:
            self._layers.draw_cursor(x, y, self._controls.diameter.value)

    def _key(self, key: str, shift: bool, control: bool, command: bool) -> None:
        """Shortcuts; all of them have a button or slider too."""
        pressed = key.lower()
        if control or command:
            if pressed == "y" or (pressed == "z" and shift):
                self._painter.redo()
            elif pressed == "z":
                self._painter.undo()
        elif pressed in "[]" and pressed:
            step = 1 if pressed == "]" else -1
            diameter = self._controls.diameter
            diameter.value = min(max(diameter.value + step, SMALLEST), LARGEST)
        elif pressed in ("tab", "escape"):
            # A canvas swallows every key: without this the keyboard could never leave it.
            self._palette.focus()
