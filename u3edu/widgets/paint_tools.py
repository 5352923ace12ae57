"""The tools that paint: each leaves one edit operation behind."""

from typing import Any, ClassVar

import numpy as np

from u3edu.editing.brush import BrushStroke, Eraser
from u3edu.editing.fill import Fill
from u3edu.editing.layer import OneLayerBack, OneLayerDeeper
from u3edu.editing.line import Line
from u3edu.editing.operations import EditOperation
from u3edu.editing.polygon import Polygon
from u3edu.editing.ring import Ring
from u3edu.editing.tissue import TissueFill, TissuePolygon, TissueStroke
from u3edu.widgets.tools import Desk, EditTool, Points, Settings, TissueTool, pixel


class BrushTool(TissueTool):
    """Paint by dragging."""

    name, label, icon, gesture = "brush", "Brush", "paint-brush", "freehand"
    tooltip = "Paint by dragging; [ and ] change the size"
    coordinates = "One point for a dab, more for a stroke"
    has_width = has_ring = True
    verb = "Painted"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """A stroke of the chosen element or tissue."""
        shape: dict[str, Any] = {"points": points, "diameter": settings.width, "mask": settings.mask}
        if settings.tissue is not None:
            return TissueStroke(**shape, **settings.tissue.fields(points[0]))
        return BrushStroke(element=settings.element, **shape)


class EraserTool(EditTool):
    """Bring the first elements back by dragging."""

    name, label, icon, gesture = "eraser", "Eraser", "eraser", "freehand"
    tooltip = "Drag to bring the first elements back"
    coordinates = "One point for a dab, more for a stroke"
    has_width = has_ring = True

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """A stroke that puts the base map back."""
        return Eraser(points=points, diameter=settings.width, mask=settings.mask)

    def words(self, desk: Desk) -> str:
        """What was done; no element has a part in it."""
        return "Erased"


class FillTool(TissueTool):
    """Fill the area under the pointer."""

    name, label, icon, gesture = "fill", "Fill", "tint", "tap"
    tooltip = "Fill the area of one element under the pointer"
    coordinates = "One point inside the area"
    has_contiguous = True
    verb = "Filled with"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """A fill from the pixel under the first point."""
        shape: dict[str, Any] = {
            "seed": pixel(points[0]),
            "contiguous": settings.contiguous,
            "mask": settings.mask,
        }
        if settings.tissue is not None:
            return TissueFill(**shape, **settings.tissue.fields(points[0]))
        return Fill(element=settings.element, **shape)


class PolygonTool(TissueTool):
    """Set corners one by one."""

    name, label, icon, gesture = "polygon", "Polygon", "map-o", "polygon"
    tooltip = "Click corners; Enter or a double click ends, Backspace takes one back, Esc gives up"
    coordinates = "Three corners or more"
    verb = "Filled a polygon with"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """The polygon's area in the chosen element or tissue."""
        shape: dict[str, Any] = {"points": points, "mask": settings.mask}
        if settings.tissue is not None:
            middle = np.mean(points, axis=0)
            return TissuePolygon(**shape, **settings.tissue.fields((float(middle[0]), float(middle[1]))))
        return Polygon(element=settings.element, **shape)


class LassoTool(PolygonTool):
    """Draw round an area."""

    name, label, icon, gesture = "lasso", "Lasso", "pencil", "lasso"
    tooltip = "Drag round an area to fill it"
    verb = "Filled a lasso with"


class LineTool(EditTool):
    """Drag a straight line."""

    name, label, icon, gesture = "line", "Line", "minus", "line"
    tooltip = "Drag a straight line, as wide as the brush"
    coordinates = "Two points or more"
    has_width = has_ring = True
    verb = "Drew a line of"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """The line in the chosen element."""
        return Line(element=settings.element, points=points, width=settings.width, mask=settings.mask)


class RingTool(EditTool):
    """Drag an elliptical wall from corner to corner."""

    name, label, icon, gesture = "ring", "Ring", "circle-o", "ring"
    tooltip = "Drag an oval from corner to corner; its wall is as thick as the brush"
    coordinates = "Two opposite corners of the oval's frame"
    has_width = True
    verb = "Drew a ring of"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """The wall in the chosen element."""
        (top, left), (bottom, right) = points[0], points[-1]
        return Ring(
            element=settings.element,
            centre=((top + bottom) / 2, (left + right) / 2),
            # At least the pixel under the pointer.
            radii=(max(abs(bottom - top) / 2, 0.5), max(abs(right - left) / 2, 0.5)),
            thickness=settings.width,
            mask=settings.mask,
        )


class DeeperTool(EditTool):
    """Let a lesion grow through the next layer of the wall."""

    name, label, icon, gesture = "deeper", "Deeper", "sign-in", "line"
    tooltip = (
        "Press on what you painted: it grows one layer deeper. Drag on into the lumen to say where that is"
    )
    coordinates = "One point in the lesion, and if you like one in the lumen"
    kind: ClassVar[type[OneLayerDeeper] | type[OneLayerBack]] = OneLayerDeeper
    done: ClassVar[str] = "One layer deeper"

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """The move of the lesion's front."""
        lumen = points[-1] if len(points) > 1 and points[-1] != points[0] else None
        return self.kind(point=points[0], lumen=lumen, mask=settings.mask)

    def words(self, desk: Desk) -> str:
        """What was done; the lesion keeps its elements."""
        return self.done


class BackTool(DeeperTool):
    """Take a lesion back by a layer."""

    name, label, icon, gesture = "back", "Back", "sign-out", "line"
    tooltip = "Press on what you painted: it draws back by one layer"
    kind = OneLayerBack
    done = "One layer back"
