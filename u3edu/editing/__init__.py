"""Label maps and the operations that edit them; pure NumPy and SciPy."""

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke
from u3edu.editing.difference import Difference, RegionDifference, edited_pixels
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.fill import Fill
from u3edu.editing.history import EditHistory
from u3edu.editing.label_map import Element, LabelMap
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.script import EditScript

__all__ = [
    "Box",
    "BrushStroke",
    "Difference",
    "EditHistory",
    "EditOperation",
    "EditScript",
    "Element",
    "Fill",
    "InvalidEdit",
    "LabelMap",
    "RegionDifference",
    "apply_operation",
    "edited_pixels",
]
