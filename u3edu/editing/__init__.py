"""Label maps and the operations that edit them; pure NumPy and SciPy."""

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke, Eraser
from u3edu.editing.context import EditContext
from u3edu.editing.difference import Difference, RegionDifference, edited_pixels
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import Exemplar
from u3edu.editing.exemplar_file import load_exemplars, save_exemplars
from u3edu.editing.fill import Fill
from u3edu.editing.history import EditHistory
from u3edu.editing.label_map import Element, LabelMap
from u3edu.editing.layer import OneLayerBack, OneLayerDeeper
from u3edu.editing.line import Line
from u3edu.editing.margin import Grow, Shrink
from u3edu.editing.mask import IntensityRange, Mask
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.pieces import KeepLargest, RemoveSmall
from u3edu.editing.polygon import Polygon
from u3edu.editing.ring import Ring
from u3edu.editing.script import EditScript
from u3edu.editing.smooth import Smooth
from u3edu.editing.tissue import TissueFill, TissuePolygon, TissueStroke

__all__ = [
    "Box",
    "BrushStroke",
    "Difference",
    "EditContext",
    "EditHistory",
    "EditOperation",
    "EditScript",
    "Element",
    "Eraser",
    "Exemplar",
    "Fill",
    "Grow",
    "IntensityRange",
    "InvalidEdit",
    "KeepLargest",
    "LabelMap",
    "Line",
    "Mask",
    "OneLayerBack",
    "OneLayerDeeper",
    "Polygon",
    "RegionDifference",
    "RemoveSmall",
    "Ring",
    "Shrink",
    "Smooth",
    "TissueFill",
    "TissuePolygon",
    "TissueStroke",
    "apply_operation",
    "edited_pixels",
    "load_exemplars",
    "save_exemplars",
]
