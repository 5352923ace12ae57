"""Mouse and touch on a canvas, turned into strokes and taps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipycanvas
import numpy as np

# Draw at most this often while the pointer moves: the browser sends every single move.
FRAME_SECONDS = 1 / 30


@dataclass(frozen=True)
class GestureHandlers:
    """Who is told of what; all positions are canvas coordinates (x, y).

    Parameters
    ----------
    press : callable (x, y) -> bool
        A press; answers whether a stroke begins there.
    extend : callable (points)
        New points of the stroke, float [N, 2], the last known one first.
    finish : callable (points)
        The whole stroke, float [N, 2].
    cancel : callable ()
        The stroke is given up.
    hover : callable (x, y)
        The pointer moves without a stroke.
    leave : callable ()
        The pointer leaves without a stroke.
    """

    press: Callable[[float, float], bool]
    extend: Callable[[np.ndarray], None]
    finish: Callable[[np.ndarray], None]
    cancel: Callable[[], None]
    hover: Callable[[float, float], None]
    leave: Callable[[], None]


class Gestures:
    """Keeps what the browser does not say: whether the pointer is down, and where it has been.

    ipycanvas sends positions alone, and no release when the pointer leaves while pressed; a
    stroke therefore ends at the border of the canvas. A second finger gives the stroke up.

    Parameters
    ----------
    handlers : GestureHandlers
    """

    def __init__(self, handlers: GestureHandlers) -> None:
        self._handlers = handlers
        self._points: list[tuple[float, float]] = []
        self._drawn = 0
        self._last_frame = 0.0

    @property
    def down(self) -> bool:
        """Whether a stroke is being drawn."""
        return bool(self._points)

    def listen(
        self, canvas: ipycanvas.MultiCanvas, guard: Callable[[Callable[..., Any]], Callable[..., None]]
    ) -> None:
        """Follow a canvas; `guard` wraps each callback (lock, errors)."""
        canvas.on_mouse_down(guard(self.press))
        canvas.on_mouse_move(guard(self.move))
        canvas.on_mouse_up(guard(lambda x, y: self.release()))
        canvas.on_mouse_out(guard(lambda x, y: self.leave()))
        canvas.on_touch_start(guard(self._touch_start))
        canvas.on_touch_move(guard(lambda touches: self.move(*touches[0])))
        canvas.on_touch_end(guard(lambda touches: self.release()))
        canvas.on_touch_cancel(guard(lambda touches: self.abandon()))

    def press(self, x: float, y: float) -> None:
        """The pointer goes down."""
        if self.down:  # the release was lost
            self.release()
        if self._handlers.press(x, y):
            self._points = [(x, y)]
            self._draw()

    def move(self, x: float, y: float) -> None:
        """The pointer moves; drawing waits until a frame's time has passed."""
        is_due = time.monotonic() - self._last_frame >= FRAME_SECONDS
        if self.down:
            self._points.append((x, y))
            if is_due:
                self._draw()
        elif is_due:
            self._last_frame = time.monotonic()
            self._handlers.hover(x, y)

    def release(self) -> None:
        """The pointer goes up."""
        if self.down:
            points, self._points = np.array(self._points), []
            self._handlers.finish(points)

    def leave(self) -> None:
        """The pointer leaves the canvas."""
        if self.down:
            self.release()
        self._handlers.leave()

    def abandon(self) -> None:
        """Forget the stroke."""
        self._points = []
        self._handlers.cancel()

    def _touch_start(self, touches: list[tuple[float, float]]) -> None:
        if len(touches) == 1:
            self.press(*touches[0])
        else:
            self.abandon()

    def _draw(self) -> None:
        """Hand on the points that came since the last time."""
        first = max(self._drawn - 1, 0) if len(self._points) > 1 else 0
        self._handlers.extend(np.array(self._points[first:]))
        self._drawn = len(self._points)
        self._last_frame = time.monotonic()
