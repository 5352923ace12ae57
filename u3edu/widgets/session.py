"""An edit session: label map and history change at once, the synthetic picture follows."""

import threading
from collections.abc import Callable
from typing import get_args

from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.history import EditHistory
from u3edu.editing.in_place import Mode
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice
from u3edu.widgets.changes import NOTHING, Change, PictureChange, tell
from u3edu.widgets.drawing import PictureDrawer
from u3edu.widgets.picture_worker import PictureWorker

__all__ = ["NOTHING", "Change", "EditSession", "Mode", "PictureChange"]


class EditSession:
    """Edits a label map; a worker thread draws the picture that goes with it.

    An edit changes the label map at once. The worker draws the box in which the map differs
    from the one drawn last, so that edits made meanwhile cost one drawing, and shows nothing
    but the picture of the map as it stands. Pictures of earlier steps are kept: undo and redo
    bring them back exactly.

    Parameters
    ----------
    engine : Engine
        Draws the synthetic picture.
    label_map : LabelMap
        The map to start from; its picture is drawn before this returns.
    picture : Slice, optional
        The original picture, for ``"in place"`` and for masks that go by intensity.
    mode : {"whole", "in place"}

    Attributes
    ----------
    lock : threading.RLock
        Guards the session. Callbacks run under it; whoever shows the session's state takes it.

    Raises
    ------
    InvalidEdit
        If picture and label map differ in size.
    ValueError
        If there is no such mode, or no original for ``"in place"``.
    """

    def __init__(
        self, engine: Engine, label_map: LabelMap, picture: Slice | None = None, *, mode: Mode = "whole"
    ) -> None:
        self.engine = engine
        self.original = picture
        self.history = EditHistory(label_map, EditContext(label_map, picture))
        self.lock = threading.RLock()
        self._mode = self._checked(mode)
        self._edit_callbacks: list[Callable[[Change], None]] = []
        self._mode_callbacks: list[Callable[[Mode], None]] = []
        self._drawer = PictureDrawer(engine, label_map, picture)
        self._worker = PictureWorker(self._drawer, label_map, mode, self.lock)

    @property
    def base(self) -> LabelMap:
        """The map before the first edit."""
        return self.history.base

    @property
    def label_map(self) -> LabelMap:
        """The label map as it stands now."""
        return self.history.label_map

    @property
    def script(self) -> EditScript:
        """The operations that led here."""
        return self.history.script

    @property
    def synthetic(self) -> Slice:
        """The picture drawn last; that of an earlier step while `pending`."""
        return self._worker.synthetic

    @property
    def base_synthetic(self) -> Slice:
        """The picture before the first edit; in place this is the original itself."""
        return self._drawer.unedited(self._mode)

    @property
    def reach(self) -> int:
        """How far a changed label can reach in the picture, in pixels."""
        return self._drawer.reach(self._mode)

    @property
    def pending(self) -> bool:
        """Whether the picture has yet to catch up with the label map."""
        return self._worker.pending

    @property
    def problem(self) -> Exception | None:
        """Why the picture could not be drawn; None if it could."""
        return self._worker.problem

    @property
    def mode(self) -> Mode:
        """``"whole"`` or ``"in place"``; the picture follows a change as it follows an edit."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        with self.lock:
            if self._checked(mode) == self._mode:
                return
            self._mode = mode
            tell(self._mode_callbacks, mode)
            self.retry()

    def do(self, operation: EditOperation) -> Change:
        """Apply an operation.

        Raises
        ------
        InvalidEdit
            If the operation does not fit; nothing is changed then.
        """
        return self._edit(lambda: self.history.do(operation))

    def undo(self) -> Change:
        """Take the last step back."""
        return self._edit(self.history.undo)

    def redo(self) -> Change:
        """Do the step again that was undone last."""
        return self._edit(self.history.redo)

    def reset(self) -> Change:
        """Go back to the first map; a step that can be undone."""
        return self._edit(self.history.reset)

    def jump(self, position: int) -> Change:
        """Undo or redo until `position` of the history's steps are done; 0 is the first map.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        return self._edit(lambda: self.history.jump(position))

    def replace(self, script: EditScript) -> Change:
        """Put another script in place of the edit; a step that can be undone.

        Raises
        ------
        InvalidEdit
            If an operation does not fit the first map; nothing is changed then.
        """
        return self._edit(lambda: self.history.replace(script))

    def retry(self) -> None:
        """Draw the picture again after the engine failed; the next edit does so by itself."""
        with self.lock:
            self._worker.want(self.label_map, self._mode)

    def on_edit(self, callback: Callable[[Change], None]) -> None:
        """Call `callback` after each step, on the thread that made it, under the lock."""
        self._edit_callbacks.append(callback)

    def on_mode(self, callback: Callable[[Mode], None]) -> None:
        """Call `callback` with another mode once it is chosen, under the lock."""
        self._mode_callbacks.append(callback)

    def on_picture(self, callback: Callable[[PictureChange], None]) -> None:
        """Call `callback` after each new picture, on the worker's thread, under the lock.

        No edit can slip in between: the picture is that of the map as it stands.
        """
        self._worker.on_picture(callback)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the picture has caught up; lets the lock go meanwhile.

        Parameters
        ----------
        timeout : float, optional
            In seconds; without it as long as it takes.

        Returns
        -------
        bool
            False if the time ran out.

        Raises
        ------
        Exception
            Whatever the engine raised, once.
        """
        return self._worker.wait(timeout)

    def _checked(self, mode: Mode) -> Mode:
        """The mode, if it can be had."""
        if mode not in get_args(Mode):
            raise ValueError(f"a picture is made {' or '.join(map(repr, get_args(Mode)))}; got {mode!r}")
        if mode == "in place" and self.original is None:
            raise ValueError("in place needs the original picture")
        return mode

    def _edit(self, step: Callable[[], Box | None]) -> Change:
        """Make one step of the history, tell of it, and let the picture follow."""
        with self.lock:
            before, position = self.label_map.labels, self.history.position
            box = step()
            if box is None and self.history.position == position:
                return NOTHING
            change = Change(box, int((before != self.label_map.labels).sum()))
            tell(self._edit_callbacks, change)
            self.retry()
            return change
