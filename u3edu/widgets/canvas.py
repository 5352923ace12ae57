"""Drawing on ipycanvas without its traps: exact pixels, and held drawing that always ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from ipycanvas.canvas import _CANVAS_MANAGER

# One manager serves all canvases of a kernel, and a kernel may handle widget messages on a
# second thread: one batch of drawing commands must not slip into another.
_DRAWING = threading.RLock()


def to_canvas(array: np.ndarray) -> np.ndarray:
    """Check that an array reaches the screen pixel by pixel.

    ipycanvas sends RGB as lossy JPEG and wraps whatever is no uint8; greyscale and RGBA go as
    PNG and arrive exactly.

    Parameters
    ----------
    array : uint8 [H, W] or uint8 [H, W, 4]
        Grey levels or RGBA.

    Returns
    -------
    uint8 [H, W] or uint8 [H, W, 4]
        The same array, contiguous.

    Raises
    ------
    ValueError
        If the array has another type or shape.
    """
    is_grey = array.ndim == 2
    is_rgba = array.ndim == 3 and array.shape[2] == 4
    if array.dtype != np.uint8 or not (is_grey or is_rgba) or array.size == 0:
        raise ValueError(
            f"a canvas takes uint8 [H, W] or uint8 [H, W, 4]; got {array.dtype} {list(array.shape)}. "
            "Window a Slice with display(), or add an alpha channel to RGB"
        )
    return np.ascontiguousarray(array)


@contextmanager
def hold() -> Iterator[None]:
    """Send all drawing commands of a ``with`` block in one message.

    Each batch begins by naming its canvas, for a browser that has just reloaded the page knows
    of no current one. After an exception the half-made batch is dropped, drawing goes on as
    before, and the exception is passed on. An inner hold joins the outer one.
    """
    with _DRAWING:
        if _CANVAS_MANAGER._caching:
            yield
            return
        _CANVAS_MANAGER._caching = True
        _CANVAS_MANAGER._current_canvas = None
        try:
            yield
            _CANVAS_MANAGER.flush()
        finally:
            _CANVAS_MANAGER._caching = False
            _CANVAS_MANAGER._current_canvas = None
            _CANVAS_MANAGER._commands_cache = []
            _CANVAS_MANAGER._buffers_cache = []
