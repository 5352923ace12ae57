"""The edit history of one label map: do, undo, redo, reset and jump without limit."""

from dataclasses import dataclass

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.script import EditScript


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a history, with the labels of its box before and after.

    Parameters
    ----------
    made : EditOperation or EditScript
        An operation on the map as it stood, or a script that was put in place of all before it;
        an empty script is a reset.
    box : Box or None
        Holds every label that changed; None if none did.
    pixels : int
        Labels that changed.
    before, after : uint8 [h, w]
        The labels inside the box.
    """

    made: EditOperation | EditScript
    box: Box | None
    pixels: int
    before: np.ndarray
    after: np.ndarray


class EditHistory:
    """Where an edit stands, and the way back and forth.

    Each step keeps the labels of its changed box alone, so a history costs little and has no
    limit. A reset, or another script put in place of the edit, is a step like any other: undo
    brings the edit back. An operation that changes no pixel leaves no step, and what was undone
    before it can still be redone.

    Parameters
    ----------
    base : LabelMap
        The map to start from.
    context : EditContext, optional
        What operations may need beside the labels; by default `base` alone, without a picture.
    """

    def __init__(self, base: LabelMap, context: EditContext | None = None) -> None:
        self.base = base
        self.context = context or EditContext(base)
        self._label_map = base
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def label_map(self) -> LabelMap:
        """The map as it stands now."""
        return self._label_map

    @property
    def script(self) -> EditScript:
        """The operations that lead from `base` to `label_map`."""
        operations: list[EditOperation] = []
        for step in self._done:
            if isinstance(step.made, EditScript):
                operations = list(step.made.operations)
            else:
                operations.append(step.made)
        return EditScript(operations=tuple(operations))

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, first to last, those that were undone among them."""
        return (*self._done, *reversed(self._undone))

    @property
    def position(self) -> int:
        """How many of `steps` are done; 0 is the base."""
        return len(self._done)

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
        edited, box = apply_operation(operation, self._label_map, self.context)
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
        return self.replace(EditScript()) if self.script.operations else None

    def replace(self, script: EditScript) -> Box | None:
        """Put another script in place of the edit, as one step that can be undone.

        Returns
        -------
        Box or None
            The smallest box around the changed pixels; None if none changed.

        Raises
        ------
        InvalidEdit
            If an operation does not fit the base; nothing is changed then.
        """
        edited, _ = script.apply(self.base, self.context)
        box = Box.around(self._label_map.labels != edited.labels)
        if script != self.script:
            self._record(script, edited, box)
        return box

    def jump(self, position: int) -> Box | None:
        """Undo or redo until `position` of `steps` are done.

        Returns
        -------
        Box or None
            The smallest box around the pixels that differ from before; None if none do.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        if not 0 <= position <= len(self.steps):
            raise ValueError(f"the history has steps 0 to {len(self.steps)}; got {position}")
        before = self._label_map.labels
        while self.position > position:
            self.undo()
        while self.position < position:
            self.redo()
        return Box.around(before != self._label_map.labels)

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

    def _record(self, made: EditOperation | EditScript, edited: LabelMap, box: Box | None) -> None:
        """Make `edited` the present map and remember how it came about."""
        where = (box or Box(0, 0, 1, 1)).slices
        before, after = self._label_map.labels[where], edited.labels[where]
        step = Step(made, box, int((before != after).sum()), before.copy(), after.copy())
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
