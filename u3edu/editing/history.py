"""The edit history of one label map: do, undo, redo and reset without limit."""

from dataclasses import dataclass

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.script import EditScript


@dataclass(frozen=True, eq=False)
class _Step:
    """One step: the labels of its box before and after; without an operation it is a reset."""

    operation: EditOperation | None
    box: Box | None
    before: np.ndarray
    after: np.ndarray


class EditHistory:
    """Where an edit stands, and the way back and forth.

    Each step keeps the labels of its changed box alone, so a history costs little and has no
    limit. A reset is a step like any other: undo brings the edit back. An operation that changes
    no pixel leaves no step, and what was undone before it can still be redone.

    Parameters
    ----------
    base : LabelMap
        The map to start from.
    """

    def __init__(self, base: LabelMap) -> None:
        self.base = base
        self._label_map = base
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    @property
    def label_map(self) -> LabelMap:
        """The map as it stands now."""
        return self._label_map

    @property
    def script(self) -> EditScript:
        """The operations that lead from `base` to `label_map`, those since the last reset."""
        operations: list[EditOperation] = []
        for step in self._done:
            if step.operation is None:
                operations.clear()
            else:
                operations.append(step.operation)
        return EditScript(operations=tuple(operations))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._undone)

    def do(self, operation: EditOperation) -> Box | None:
        """Apply an operation.

        Returns
        -------
        Box or None
            The smallest box around the changed pixels; None if nothing changed.

        Raises
        ------
        InvalidEdit
            If the operation does not fit the map; nothing is changed then.
        """
        edited, box = apply_operation(operation, self._label_map)
        if box is not None:
            self._record(operation, edited, box)
        return box

    def reset(self) -> Box | None:
        """Go back to `base`, as one step that can be undone.

        Returns
        -------
        Box or None
            The smallest box around the changed pixels; None if none changed.
        """
        box = Box.around(self._label_map.labels != self.base.labels)
        if self.script.operations:
            self._record(None, self.base, box)
        return box

    def undo(self) -> Box | None:
        """Take the last step back; returns its changed box (None without a step)."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._put(step.box, step.before)
        return step.box

    def redo(self) -> Box | None:
        """Do the step again that was undone last; returns its changed box (None without a step)."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._put(step.box, step.after)
        return step.box

    def _record(self, operation: EditOperation | None, edited: LabelMap, box: Box | None) -> None:
        """Make `edited` the present map and remember how it came about."""
        where = (box or Box(0, 0, 1, 1)).slices
        step = _Step(operation, box, self._label_map.labels[where].copy(), edited.labels[where].copy())
        self._done.append(step)
        self._undone.clear()
        self._label_map = edited

    def _put(self, box: Box | None, labels: np.ndarray) -> None:
        """Put the labels of one box into the present map."""
        if box is not None:
            changed = self._label_map.labels.copy()
            changed[box.slices] = labels
            self._label_map = self._label_map.with_labels(changed)

    def __repr__(self) -> str:
        return f"EditHistory({len(self._done)} done, {len(self._undone)} undone)"
