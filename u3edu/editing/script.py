"""An EditScript: the steps of an edit, to store, share and replay."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.operations import EditOperation, apply_operation


class EditScript(BaseModel):
    """Edit operations in the order in which they are applied.

    Parameters
    ----------
    operations : tuple of EditOperation
    version : int
        Version of the stored form; 1 is the only one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    operations: tuple[EditOperation, ...] = ()

    def apply(self, label_map: LabelMap, context: EditContext | None = None) -> tuple[LabelMap, Box | None]:
        """Apply all operations, first to last.

        Parameters
        ----------
        label_map : LabelMap
            Left as it is.
        context : EditContext, optional
            What operations may need beside the labels; by default `label_map` as the base that
            the eraser puts back, and no picture.

        Returns
        -------
        LabelMap
            The map after the last operation.
        Box or None
            The smallest box around the pixels that differ between the two maps; None if none do.

        Raises
        ------
        InvalidEdit
            If an operation does not fit; the message counts operations from 1.
        """
        edited = label_map
        context = context or EditContext(label_map)
        for number, operation in enumerate(self.operations, start=1):
            try:
                edited, _ = apply_operation(operation, edited, context)
            except InvalidEdit as error:
                where = f"operation {number} of {len(self.operations)} ({operation.kind})"
                raise InvalidEdit(f"{where}: {error}") from error
        return edited, Box.around(edited.labels != label_map.labels)

    def then(self, operation: EditOperation) -> "EditScript":
        """This script with one more operation at its end."""
        return EditScript(operations=(*self.operations, operation))

    def to_json(self) -> str:
        """The script as JSON text."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> "EditScript":
        """Read a script that `to_json` wrote.

        Raises
        ------
        InvalidEdit
            If the text is not JSON, of an unknown version, or an operation is wrong; the
            message names each wrong field.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidEdit.from_validation(error, "this is not an edit script of version 1") from error

    def __len__(self) -> int:
        return len(self.operations)

    def __bool__(self) -> bool:
        return True  # a script without operations is still a script

    def __repr__(self) -> str:
        count = len(self.operations)
        return f"EditScript({count} operation{'' if count == 1 else 's'})"

    __str__ = __repr__
