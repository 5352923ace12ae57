"""An edit session: label map, history and the synthetic picture that goes with them."""

from dataclasses import dataclass

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.history import EditHistory
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice


@dataclass(frozen=True)
class Change:
    """What one step changed.

    Parameters
    ----------
    labels : Box or None
        Holds every changed label; None if none changed.
    picture : Box or None
        Holds every changed pixel of the synthetic picture; None if none changed.
    pixels : int
        Labels that changed.
    mean : float
        Mean absolute change of the synthetic picture inside `picture`, on [-1, 1].
    beyond : int
        Pixels of the picture that changed further from `labels` than the engine's halo.
    """

    labels: Box | None
    picture: Box | None
    pixels: int
    mean: float
    beyond: int


@dataclass(frozen=True, eq=False)
class _Patch:
    """The synthetic pixels of one box before and after a step."""

    box: Box | None
    before: np.ndarray
    after: np.ndarray


NOTHING = Change(None, None, 0, 0.0, 0)


class EditSession:
    """Edits a label map and keeps the synthetic picture in step with it.

    Undo and redo put stored pixels back rather than decoding again, so the picture returns
    exactly as it was.

    Parameters
    ----------
    engine : Engine
        Draws the synthetic picture.
    label_map : LabelMap
        The map to start from; its picture is drawn at once.
    """

    def __init__(self, engine: Engine, label_map: LabelMap) -> None:
        self.engine = engine
        self.history = EditHistory(label_map)
        self.base_synthetic = engine.synthesize(label_map)
        self.synthetic = self.base_synthetic
        self._done: list[_Patch] = []
        self._undone: list[_Patch] = []

    @property
    def label_map(self) -> LabelMap:
        """The label map as it stands now."""
        return self.history.label_map

    @property
    def script(self) -> EditScript:
        """The operations that led here."""
        return self.history.script

    def do(self, operation: EditOperation) -> Change:
        """Apply an operation and draw its box anew.

        Raises
        ------
        InvalidEdit
            If the operation does not fit; map and picture are left as they were, as they are
            when the engine fails.
        """
        edited, box = apply_operation(operation, self.label_map)
        if box is None:
            return NOTHING
        picture = self.engine.resynthesize(self.synthetic, edited, box)
        before = self.label_map
        self.history.do(operation)
        return self._advance(before, picture, box)

    def reset(self) -> Change:
        """Go back to the first map and picture; a step that can be undone."""
        if not self.script.operations:
            return NOTHING
        before = self.label_map
        box = self.history.reset()
        return self._advance(before, self.base_synthetic, box)

    def undo(self) -> Change:
        """Take the last step back."""
        if not self._done:
            return NOTHING
        before, box = self.label_map, self.history.undo()
        patch = self._done.pop()
        self._undone.append(patch)
        return self._replace(before, patch.box, patch.before, box)

    def redo(self) -> Change:
        """Do the step again that was undone last."""
        if not self._undone:
            return NOTHING
        before, box = self.label_map, self.history.redo()
        patch = self._undone.pop()
        self._done.append(patch)
        return self._replace(before, patch.box, patch.after, box)

    def _advance(self, before: LabelMap, picture: Slice, box: Box | None) -> Change:
        """Remember the step's pixels and make `picture` the present one."""
        changed = Box.around(picture.pixels != self.synthetic.pixels)
        where = (changed or Box(0, 0, 1, 1)).slices
        patch = _Patch(changed, self.synthetic.pixels[where].copy(), picture.pixels[where].copy())
        self._done.append(patch)
        self._undone.clear()
        return self._replace(before, changed, patch.after, box)

    def _replace(self, before: LabelMap, where: Box | None, pixels: np.ndarray, box: Box | None) -> Change:
        """Put pixels into the synthetic picture and measure what that changed."""
        changed = int((before.labels != self.label_map.labels).sum())
        if where is None:
            return Change(box, None, changed, 0.0, 0)
        old = self.synthetic.pixels
        new = old.copy()
        new[where.slices] = pixels
        self.synthetic = self.synthetic.with_pixels(new)
        differs = new != old
        mean = float(np.abs(new - old)[where.slices].mean())
        if box is not None:
            differs[box.grow(self.engine.halo).clip(self.label_map.shape).slices] = False
        return Change(box, where, changed, mean, int(differs.sum()))
