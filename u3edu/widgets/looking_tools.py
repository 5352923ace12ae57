"""The tools that change no element: pick up, measure, mark, move, and turn the window."""

from u3edu.widgets.tools import Desk, Points, Tool, pixel


class PickTool(Tool):
    """Choose the element under the pointer."""

    name, label, icon, gesture = "pick", "Pick up", "eyedropper", "tap"
    tooltip = "Choose the element under the pointer"
    coordinates = "One point"

    def use(self, points: Points, desk: Desk) -> None:
        """Choose the element, and paint with it; a point beside the picture takes the nearest pixel's."""
        rows, columns = desk.label_map.shape
        row, column = pixel(points[0])
        desk.choose(int(desk.label_map.labels[min(row, rows - 1), min(column, columns - 1)]))
        desk.take("brush")


class RegionTool(Tool):
    """Mark a region, and measure it."""

    name, label, icon, gesture = "region", "Region", "object-ungroup", "lasso"
    tooltip = "Drag round a region: its area in mm², and where the operations under Regions work"
    coordinates = "Three corners or more"

    def use(self, points: Points, desk: Desk) -> None:
        """Mark the region."""
        desk.mark_region(points)


class PlaceTool(Tool):
    """Mark the place where a recipe goes."""

    name, label, icon, gesture = "place", "Place", "map-marker", "tap"
    tooltip = "Press where a recipe is to go"
    coordinates = "One point"

    def use(self, points: Points, desk: Desk) -> None:
        """Mark the place."""
        desk.mark_place(points[0])


class RulerTool(Tool):
    """Measure a distance."""

    name, label, icon, gesture = "ruler", "Ruler", "arrows-h", "measure"
    tooltip = "Drag to measure in mm"
    coordinates = "Two points"

    def use(self, points: Points, desk: Desk) -> None:
        """Lay the ruler."""
        desk.measure(points)


class HandTool(Tool):
    """Push the picture; the page does it."""

    name, label, icon, gesture = "hand", "Move", "hand-paper-o", "hand"
    tooltip = "Drag the enlarged picture (or hold the space bar with any tool)"


class WindowTool(Tool):
    """Turn the window by dragging."""

    name, label, icon, gesture = "window", "Window", "adjust", "window"
    tooltip = "Drag up and down for the level, left and right for the width"
