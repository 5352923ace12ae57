"""All edit operations, and the one way to apply them to a label map."""

from typing import Annotated

from pydantic import Field

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke, Eraser
from u3edu.editing.context import EditContext
from u3edu.editing.elements import element_index
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.fill import Fill
from u3edu.editing.label_map import LabelMap
from u3edu.editing.layer import OneLayerBack, OneLayerDeeper
from u3edu.editing.line import Line
from u3edu.editing.margin import Grow, Shrink
from u3edu.editing.pieces import KeepLargest, RemoveSmall
from u3edu.editing.polygon import Polygon
from u3edu.editing.ring import Ring
from u3edu.editing.smooth import Smooth
from u3edu.editing.tissue import TissueFill, TissuePolygon, TissueStroke

# A new operation joins this union; its `kind` tells it apart in JSON.
EditOperation = Annotated[
    BrushStroke
    | Eraser
    | Fill
    | Polygon
    | Line
    | Ring
    | Grow
    | Shrink
    | Smooth
    | KeepLargest
    | RemoveSmall
    | OneLayerDeeper
    | OneLayerBack
    | TissueStroke
    | TissueFill
    | TissuePolygon,
    Field(discriminator="kind"),
]


def apply_operation(
    operation: EditOperation, label_map: LabelMap, context: EditContext | None = None
) -> tuple[LabelMap, Box | None]:
    """Apply one operation to a label map.

    Parameters
    ----------
    operation : EditOperation
    label_map : LabelMap
        Left as it is.
    context : EditContext, optional
        What the operation may need beside the labels; by default `label_map` as the base that
        the eraser puts back, and no picture.

    Returns
    -------
    LabelMap
        The map after the operation.
    Box or None
        The smallest box around the pixels that changed; None if none did.

    Raises
    ------
    InvalidEdit
        If the model has no such element, the operation does not fit the picture, or it needs a
        picture and there is none.
    """
    context = context or EditContext(label_map)
    if context.base.shape != label_map.shape:
        raise InvalidEdit(
            f"the map to edit has {label_map.shape} pixels and the map that the edit started from "
            f"{context.base.shape}"
        )
    for element in operation.named_elements():
        element_index(element, label_map.elements)
    labels = operation.apply(label_map.labels, context)
    box = Box.around(labels != label_map.labels)
    return (label_map if box is None else label_map.with_labels(labels)), box
