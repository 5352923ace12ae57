"""The painter's tools and steps as buttons, and the settings of the tool in hand."""

import ipywidgets

from u3edu.widgets.toolbox import TOOLS
from u3edu.widgets.tools import Tool
from u3edu.widgets.words import brush_size

SMALLEST, LARGEST = 1, 64


class PainterControls(ipywidgets.VBox):
    """Tool, brush size, undo, redo and reset.

    Parameters
    ----------
    spacing : tuple of float
        Pixel spacing in mm (row, column).
    diameter : int
        Brush diameter to begin with, in pixels.
    """

    def __init__(self, spacing: tuple[float, float], diameter: int) -> None:
        self._spacing = spacing
        self.tool = ipywidgets.ToggleButtons(
            options=[(tool.label, tool.name) for tool in TOOLS.values()],
            icons=[tool.icon for tool in TOOLS.values()],
            tooltips=[tool.tooltip for tool in TOOLS.values()],
            style={"button_width": "auto"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self.tool.add_class("u3edu-tools")
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
        self._width = ipywidgets.HBox(
            [self.diameter, self.size], layout=ipywidgets.Layout(overflow="visible")
        )
        self.contiguous = ipywidgets.Checkbox(
            value=True,
            description="Only the connected area",
            indent=False,
            layout=ipywidgets.Layout(width="auto"),
        )
        self._hint = ipywidgets.HTML()
        self.undo = step_button("Undo", "undo", "Take the last step back (Ctrl+Z on the picture)")
        self.redo = step_button("Redo", "repeat", "Do it again (Ctrl+Y on the picture)")
        self.reset = step_button("Reset", "refresh", "Back to the first elements; can be undone")
        self._settings = row()
        self.diameter.observe(lambda _: self._show_size(), "value")
        self.tool.observe(lambda _: self._show_settings(), "value")
        self._show_size()
        self._show_settings()
        # On a line of its own, so that what lies below stays where it is when another tool is taken.
        super().__init__([row(self.tool), self._settings, self._hint])

    @property
    def chosen(self) -> Tool:
        """The tool in hand."""
        return TOOLS[self.tool.value]

    def change_diameter(self, step: int) -> None:
        """A larger or smaller brush, within its range."""
        self.diameter.value = min(max(self.diameter.value + step, SMALLEST), LARGEST)

    def show_steps(self, can_undo: bool, can_redo: bool, can_reset: bool) -> None:
        """Grey out the buttons that have nothing to do."""
        self.undo.disabled = not can_undo
        self.redo.disabled = not can_redo
        self.reset.disabled = not can_reset

    def _show_size(self) -> None:
        self.size.value = brush_size(self.diameter.value, self._spacing)

    def _show_settings(self) -> None:
        """The settings that the tool takes, and how it is used."""
        tool = self.chosen
        settings: list[ipywidgets.Widget] = [ipywidgets.HBox([self.undo, self.redo, self.reset])]
        if tool.has_width:
            settings.append(self._width)
        if tool.has_contiguous:
            settings.append(self.contiguous)
        self._hint.value = f'<span class="u3edu-note">{tool.tooltip}.</span>'
        self._settings.children = tuple(settings)


def step_button(text: str, icon: str, tooltip: str) -> ipywidgets.Button:
    """A small button with words, greyed out until there is something to do."""
    return ipywidgets.Button(
        description=text, icon=icon, tooltip=tooltip, disabled=True, layout=ipywidgets.Layout(width="84px")
    )


def text_line(description: str, placeholder: str, width: str) -> ipywidgets.Text:
    """A line to type into.

    The kernel hears of it once, when a person leaves the line: of what is typed meanwhile,
    ipywidgets holds the end back while the kernel is busy, and the press of a button overtakes it.
    """
    return ipywidgets.Text(
        description=description,
        placeholder=placeholder,
        continuous_update=False,
        style={"description_width": "auto"},
        layout=ipywidgets.Layout(width=width, max_width="100%"),
    )


def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Controls beside each other, wrapping where the page is narrow."""
    line = ipywidgets.HBox(widgets)
    line.add_class("u3edu-controls")
    return line
