"""One worker thread that draws the picture of the label map as it stands."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.in_place import Mode
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice
from u3edu.widgets.album import label_key
from u3edu.widgets.changes import PictureChange, tell
from u3edu.widgets.drawing import PictureDrawer

logger = logging.getLogger(__name__)


class _Target(NamedTuple):
    """What a picture shows: a label map, by its digest, and how it is made."""

    key: bytes
    mode: Mode


class PictureWorker:
    """Draws what is wanted, box by box, and shows nothing but the picture that is wanted now.

    Whatever is wanted while a picture is being drawn is drawn next, as one box. A picture that
    has been overtaken is where the next one starts, and is not shown.

    Parameters
    ----------
    drawer : PictureDrawer
    label_map : LabelMap
        The map whose picture `drawer` has drawn.
    mode : {"whole", "in place"}
    lock : threading.RLock
        Guards the worker; `wait` lets it go meanwhile.

    Attributes
    ----------
    synthetic : Slice
        The picture shown last.
    problem : Exception or None
        Why the wanted picture could not be drawn.
    """

    def __init__(self, drawer: PictureDrawer, label_map: LabelMap, mode: Mode, lock: threading.RLock) -> None:
        self.synthetic = drawer.unedited(mode)
        self.problem: Exception | None = None
        self._drawer, self._lock = drawer, lock
        self._settled = threading.Condition(lock)
        self._thread: threading.Thread | None = None
        self._callbacks: list[Callable[[PictureChange], None]] = []
        self._map = self._shown_map = label_map
        self._wanted = self._shown = _Target(label_key(label_map), mode)
        self._failed: _Target | None = None
        self._unraised: Exception | None = None

    @property
    def pending(self) -> bool:
        """Whether the picture has yet to catch up with what is wanted."""
        with self._lock:
            return self._wanted not in (self._shown, self._failed)

    def want(self, label_map: LabelMap, mode: Mode) -> None:
        """Draw this from now on; what failed before is tried again."""
        with self._lock:
            self._map, self._wanted = label_map, _Target(label_key(label_map), mode)
            self._failed = None
            if not self.pending:
                self.problem = None
            elif self._thread is None:
                self.problem = self._unraised = None
                # Ends by itself, so the interpreter may wait for it: a library's thread that is
                # cut off in the middle can bring the process down.
                self._thread = threading.Thread(target=self._draw_until_settled, name="u3edu-picture")
                self._thread.start()

    def on_picture(self, callback: Callable[[PictureChange], None]) -> None:
        """Call `callback` after each new picture, on the worker's thread, under the lock."""
        self._callbacks.append(callback)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the picture has caught up; see `EditSession.wait`."""
        with self._lock:
            if threading.current_thread() is not self._thread:
                self._settled.wait_for(lambda: self._thread is None, timeout)
            problem, self._unraised = self._unraised, None
            if problem is not None:
                raise problem
            return not self.pending

    def _draw_until_settled(self) -> None:
        """The thread: draw until the picture is the one that is wanted."""
        while True:
            with self._lock:
                if not self.pending:
                    self._thread = None
                    self._settled.notify_all()
                    return
                target, label_map = self._wanted, self._map
            start = time.perf_counter()
            try:
                picture = self._drawer.draw(label_map, target.mode)
            except Exception as error:  # the engine may be a remote one: anything can happen
                logger.warning("the synthetic picture could not be drawn", exc_info=True)
                with self._lock:
                    if target == self._wanted:
                        self._failed, self.problem, self._unraised = target, error, error
                        tell(self._callbacks, PictureChange(None, None, 0.0, 0, 0.0, error))
                continue
            with self._lock:
                if target == self._wanted:
                    self._show(picture, label_map, target, time.perf_counter() - start)

    def _show(self, picture: Slice, label_map: LabelMap, target: _Target, seconds: float) -> None:
        """Make a picture the present one and tell what changed."""
        differs = picture.pixels != self.synthetic.pixels
        labels = Box.around(label_map.labels != self._shown_map.labels)
        box = Box.around(differs)
        mean = 0.0
        if box is not None:
            change = picture.pixels[box.slices] - self.synthetic.pixels[box.slices]
            mean = float(np.abs(change).mean())
        beyond = 0
        if labels is not None and target.mode == self._shown.mode:
            differs[labels.grow(self._drawer.reach(target.mode)).clip(label_map.shape).slices] = False
            beyond = int(differs.sum())
        self.synthetic, self._shown_map = picture, label_map
        self._shown, self._failed = target, None
        self.problem = self._unraised = None
        tell(self._callbacks, PictureChange(box, labels, mean, beyond, seconds, note=self._drawer.note))
