"""From the glass, the keys and the controls to what the workbench does."""

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from u3edu.editing.errors import InvalidEdit
from u3edu.widgets.toolbox import TOOLS
from u3edu.widgets.tools import Points
from u3edu.widgets.words import REDONE, RESET, UNDONE

if TYPE_CHECKING:
    from u3edu.widgets.workbench import Workbench

logger = logging.getLogger(__name__)

# Wet paint of what has no colour of its own: the eraser's, and a mixture's.
_NEUTRAL = "#ffffff"


class Interaction:
    """Wires one painter's widgets; every callback runs under one lock and survives errors.

    Widget messages may be handled on a second thread of the kernel, hence the lock. Nothing
    here waits for a picture.

    Parameters
    ----------
    bench : Workbench
        Does the work, and has the widgets.
    """

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self._listen_to_the_glass()
        self._listen_to_the_controls()
        self._listen_to_the_view()
        self.show_tool()

    def guarded(self, callback: Callable[..., Any]) -> Callable[..., None]:
        """A callback that takes the lock, and puts an error into words instead of raising it."""

        @functools.wraps(callback)
        def run(*arguments: Any) -> None:
            with self._bench.lock:
                try:
                    callback(*arguments)
                except ValidationError as error:
                    problem = InvalidEdit.from_validation(error, "nothing was painted")
                    self._bench.say(str(problem), problem=True)
                except Exception as error:  # whatever it is, the trainee must be able to go on
                    logger.warning("a callback of the painter failed", exc_info=True)
                    self._bench.say(str(error) or type(error).__name__, problem=True)

        return run

    def show_tool(self) -> None:
        """Tell the glass which gesture to follow, and the numbers what they mean."""
        bench, controls = self._bench, self._bench.controls
        tool = controls.chosen
        bench.screen.glass.tool = {
            "name": tool.name,
            "gesture": tool.gesture,
            "width": controls.diameter.value if tool.has_width else 1,
            "ring": tool.has_ring,
            "colour": self._colour(),
        }
        bench.numbers.show_tool(tool)

    def _colour(self) -> str:
        """Of wet paint; empty for a region, which is outlined alone."""
        bench = self._bench
        name = bench.controls.chosen.name
        if name == "region":
            return ""
        return _NEUTRAL if name == "eraser" or bench.tissues.tissue else bench.palette.colour

    def _listen_to_the_glass(self) -> None:
        bench = self._bench
        glass = bench.screen.glass
        for kind, callback in {
            "gesture": self._gesture,
            "hover": lambda message: bench.point_at(_rows_columns([message["point"]])[0]),
            "leave": lambda _: bench.point_at(None),
            "window": self._turn_window,
            "key": self._key,
        }.items():
            glass.listen(kind, self.guarded(callback))
        for canvas in (bench.screen.layers.canvas, bench.screen.view.canvas):
            canvas.on_client_ready(self.guarded(bench.redraw))

    def _listen_to_the_controls(self) -> None:
        bench, controls = self._bench, self._bench.controls
        session = bench.session
        bench.palette.on_choose(self.guarded(bench.choose))
        for button, what, step in (
            (controls.undo, UNDONE, session.undo),
            (controls.redo, REDONE, session.redo),
            (controls.reset, RESET, session.reset),
        ):
            button.on_click(self.guarded(lambda _, what=what, step=step: bench.step(what, step)))
        for control in (controls.tool, controls.diameter):
            control.observe(self.guarded(lambda _: self.show_tool()), "value")
        bench.regions.on_press(self.guarded(bench.work_on_region))
        bench.regions.unmark.on_click(self.guarded(lambda _: bench.mark_region(())))
        bench.tissues.on_change(self.guarded(self.show_tool))
        bench.tissues.take.on_click(self.guarded(lambda _: bench.take_exemplar()))
        bench.recipes.on_make(self.guarded(bench.make_recipe))
        bench.numbers.on_use(self.guarded(lambda: controls.chosen.use(bench.numbers.points, bench)))
        bench.numbers.read.on_click(self.guarded(lambda _: bench.read_out(bench.numbers.points[0])))

    def _listen_to_the_view(self) -> None:
        bench, panel, glass = self._bench, self._bench.view, self._bench.screen.glass
        panel.on_window(self.guarded(bench.redraw))
        panel.on_overlay(self.guarded(bench.screen.draw_overlay))
        panel.on_slice(self.guarded(bench.screen.show_neighbour))
        panel.zoom.observe(self.guarded(lambda change: self._zoom(change["new"])), "value")
        glass.observe(self.guarded(lambda change: self._follow_zoom(change["new"][0])), "view")
        for name, button in panel.pan.items():
            button.on_click(self.guarded(lambda _, towards=name: self._pan(towards)))

    def _gesture(self, message: dict[str, Any]) -> None:
        """A complete gesture: the tool that it was made with goes to work."""
        points = _rows_columns(message["points"])
        TOOLS[message["tool"]].use(points, self._bench)

    def _turn_window(self, message: dict[str, Any]) -> None:
        """A drag over the whole picture is a whole width of the window."""
        across, down = message["drag"]
        self._bench.view.turn_window(level=down, width=across)
        self._bench.redraw()

    def _key(self, message: dict[str, Any]) -> None:
        """Shortcuts; all of them have a button or slider too."""
        key = message["key"]
        if key == "undo":
            self._bench.step(UNDONE, self._bench.session.undo)
        elif key == "redo":
            self._bench.step(REDONE, self._bench.session.redo)
        else:
            self._bench.controls.change_diameter(1 if key == "]" else -1)

    def _zoom(self, zoom: float) -> None:
        """The slider zooms around the middle of what is shown."""
        present, left, top = self._bench.screen.glass.view
        if abs(zoom - present) > 1e-6:
            middle = left + 0.5 / present, top + 0.5 / present
            self._show_view(zoom, middle[0] - 0.5 / zoom, middle[1] - 0.5 / zoom)

    def _pan(self, towards: str) -> None:
        """A fifth of what is shown."""
        zoom, left, top = self._bench.screen.glass.view
        across = {"left": -1, "right": 1}.get(towards, 0) * 0.2 / zoom
        down = {"up": -1, "down": 1}.get(towards, 0) * 0.2 / zoom
        self._show_view(zoom, left + across, top + down)

    def _show_view(self, zoom: float, left: float, top: float) -> None:
        room = 1 - 1 / zoom
        self._bench.screen.glass.view = [zoom, min(max(left, 0.0), room), min(max(top, 0.0), room)]

    def _follow_zoom(self, zoom: float) -> None:
        """The slider shows what wheel, keys and fingers made of the zoom."""
        self._bench.view.zoom.value = zoom


def _rows_columns(points: list[list[float]]) -> Points:
    """Canvas points (x, y), counted from the corner of the first pixel, as (row, column) from its centre."""
    return tuple((round(y - 0.5, 2), round(x - 0.5, 2)) for x, y in points)
