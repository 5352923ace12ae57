"""All tools of the painter, in the order of their buttons."""

from u3edu.widgets import looking_tools, paint_tools
from u3edu.widgets.tools import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        paint_tools.BrushTool(),
        paint_tools.EraserTool(),
        paint_tools.FillTool(),
        looking_tools.PickTool(),
        paint_tools.PolygonTool(),
        paint_tools.LassoTool(),
        paint_tools.LineTool(),
        paint_tools.RingTool(),
        paint_tools.DeeperTool(),
        paint_tools.BackTool(),
        looking_tools.RegionTool(),
        looking_tools.PlaceTool(),
        looking_tools.RulerTool(),
        looking_tools.HandTool(),
        looking_tools.WindowTool(),
    )
}
