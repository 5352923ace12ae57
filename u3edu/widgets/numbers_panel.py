"""Tools by numbers: coordinates typed instead of drawn, so that no edit needs a pointer."""

import re
from collections.abc import Callable

import ipywidgets

from u3edu.editing.errors import InvalidEdit
from u3edu.widgets.controls import row, text_line
from u3edu.widgets.tools import Points, Tool

_NUMBER = r"[-+]?\d+(?:\.\d*)?"


class NumbersPanel(ipywidgets.VBox):
    """A line for coordinates, a button that uses the tool on them, and one that reads a point out."""

    def __init__(self) -> None:
        self.coordinates = text_line("Row, column; row, column; …", "for example 120, 140; 130, 150", "520px")
        self.use = ipywidgets.Button(layout=ipywidgets.Layout(width="auto", min_width="120px"))
        self.read = ipywidgets.Button(
            description="Read out",
            tooltip="Element, intensity and place of the first point",
            layout=ipywidgets.Layout(width="100px"),
        )
        self._hint = ipywidgets.HTML()
        super().__init__([row(self.coordinates, self.use, self.read), self._hint])

    def show_tool(self, tool: Tool) -> None:
        """Say what the tool in hand makes of coordinates."""
        self.use.description = f"Use {tool.label}"
        self.use.disabled = not tool.coordinates
        words = tool.coordinates or f"{tool.label} works on the picture alone; see View"
        self._hint.value = (
            f'<span class="u3edu-note">{tool.label}: {words[0].lower()}{words[1:]}. '
            "Whole numbers are pixel centres, counted from 0 at the top left.</span>"
        )

    def on_use(self, callback: Callable[[], None]) -> None:
        """Call back when a person presses the button."""
        self.use.on_click(lambda _: callback())

    @property
    def points(self) -> Points:
        """The coordinates, (row, column).

        Raises
        ------
        InvalidEdit
            If the line is not made of pairs of numbers.
        """
        text = self.coordinates.value.strip().rstrip(";")
        pairs = [pair for pair in text.split(";") if pair.strip()]
        points = []
        for pair in pairs:
            numbers = re.fullmatch(rf"\s*\(?\s*({_NUMBER})\s*[,\s]\s*({_NUMBER})\s*\)?\s*", pair)
            if numbers is None:
                raise InvalidEdit(
                    f"“{pair.strip()}” is no pair of numbers: write row, column; row, column, "
                    "for example 120, 140; 130, 150"
                )
            points.append((float(numbers[1]), float(numbers[2])))
        if not points:
            raise InvalidEdit(
                "no coordinates: write row, column; row, column, for example 120, 140; 130, 150"
            )
        return tuple(points)
