"""The painter's controls: everything the canvas can do, as labelled widgets beside it."""

import ipywidgets

from u3edu.imaging.slice import Window
from u3edu.widgets.words import brush_size

BRUSH, FILL, PICK = "brush", "fill", "pick"
SMALLEST, LARGEST = 1, 64


class PainterControls(ipywidgets.VBox):
    """Tool, brush size, overlay, window, undo, redo and reset.

    Parameters
    ----------
    windows : tuple of Window
        The picture's presets; the first is chosen.
    spacing : tuple of float
        Pixel spacing in mm (row, column).
    diameter : int
        Brush diameter to begin with, in pixels.
    """

    def __init__(self, windows: tuple[Window, ...], spacing: tuple[float, float], diameter: int) -> None:
        self._spacing = spacing
        self.tool = ipywidgets.ToggleButtons(
            options=[("Brush", BRUSH), ("Fill", FILL), ("Pick up", PICK)],
            value=BRUSH,
            icons=["paint-brush", "tint", "eyedropper"],
            tooltips=[
                "Paint by dragging",
                "Fill the connected area under the pointer",
                "Choose the element under the pointer",
            ],
            style={"button_width": "100px"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self.diameter = ipywidgets.IntSlider(
            value=diameter,
            min=SMALLEST,
            max=LARGEST,
            description="Brush size",
            readout=False,
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="260px"),
        )
        self.size = ipywidgets.Label(layout=ipywidgets.Layout(width="auto", min_width="110px"))
        self.opacity = ipywidgets.FloatSlider(
            value=0.35,
            min=0.0,
            max=1.0,
            step=0.05,
            description="Elements shown",
            readout_format=".0%",
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="290px"),
        )
        self.window = ipywidgets.Dropdown(
            options=[(window.name, window) for window in windows],
            description="Window",
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="190px"),
        )
        self.undo = _button("Undo", "undo", "Take the last step back (Ctrl+Z on the picture)")
        self.redo = _button("Redo", "repeat", "Do it again (Ctrl+Y on the picture)")
        self.reset = _button("Reset", "refresh", "Back to the first elements; can be undone")
        self.diameter.observe(lambda _: self._show_size(), "value")
        self._show_size()
        brush = ipywidgets.HBox([self.diameter, self.size], layout=ipywidgets.Layout(overflow="visible"))
        steps = ipywidgets.HBox([self.undo, self.redo, self.reset])
        super().__init__([_row(self.tool, brush), _row(steps, self.opacity, self.window)])

    def show_steps(self, can_undo: bool, can_redo: bool, can_reset: bool) -> None:
        """Grey out the buttons that have nothing to do."""
        self.undo.disabled = not can_undo
        self.redo.disabled = not can_redo
        self.reset.disabled = not can_reset

    def _show_size(self) -> None:
        self.size.value = brush_size(self.diameter.value, self._spacing)


def _button(text: str, icon: str, tooltip: str) -> ipywidgets.Button:
    """A small button with words."""
    return ipywidgets.Button(
        description=text, icon=icon, tooltip=tooltip, disabled=True, layout=ipywidgets.Layout(width="84px")
    )


def _row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Controls beside each other, wrapping where the page is narrow."""
    row = ipywidgets.HBox(widgets)
    row.add_class("u3edu-controls")
    return row
