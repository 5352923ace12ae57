"""All edit operations, and the one way to apply them to a label map."""

from typing import Annotated

from pydantic import Field

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke
from u3edu.editing.elements import element_index
from u3edu.editing.fill import Fill
from u3edu.editing.label_map import LabelMap

# A new operation joins this union; its `kind` tells it apart in JSON.
EditOperation = Annotated[BrushStroke | Fill, Field(discriminator="kind")]


def apply_operation(operation: EditOperation, label_map: LabelMap) -> tuple[LabelMap, Box | None]:
    """Apply one operation to a label map.

    Parameters
    ----------
    operation : EditOperation
    label_map : LabelMap
        Left as it is.

    Returns
    -------
    LabelMap
        The map after the operation.
    Box or None
        The smallest box around the pixels that changed; None if none did.

    Raises
    ------
    InvalidEdit
        If the model has no such element, or the operation does not fit the picture.
    """
    element_index(operation.element, label_map.elements)
    labels = operation.apply(label_map.labels)
    box = Box.around(labels != label_map.labels)
    return (label_map if box is None else label_map.with_labels(labels)), box
