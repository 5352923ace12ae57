"""Operations on one element, in the whole picture or in a marked region, as buttons."""

from collections.abc import Callable

import ipywidgets

from u3edu.editing.margin import Grow, Shrink
from u3edu.editing.operations import EditOperation
from u3edu.editing.pieces import KeepLargest, RemoveSmall
from u3edu.editing.smooth import Smooth
from u3edu.widgets.controls import row
from u3edu.widgets.tools import Points, Settings


class RegionPanel(ipywidgets.VBox):
    """Grow, shrink, smooth, keep the largest piece, remove small ones.

    Each button works on the chosen element, inside the marked region if there is one and "Where"
    says so.

    Attributes
    ----------
    region : tuple of (row, column) or None
        Corners of the marked region.
    """

    def __init__(self) -> None:
        self.region: tuple[tuple[float, float], ...] | None = None
        self.where = ipywidgets.Dropdown(
            options=["whole picture", "marked region"],
            description="Where",
            disabled=True,
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="210px"),
        )
        self.unmark = ipywidgets.Button(
            description="Unmark", tooltip="Take the region away", disabled=True, layout=_wide("84px")
        )
        self.distance = _number("Distance, mm", 1.0, 0.1, 50)
        self.radius = ipywidgets.BoundedIntText(
            2,
            min=1,
            max=15,
            description="Radius, px",
            style={"description_width": "auto"},
            layout=_wide("150px"),
        )
        self.area = _number("Smaller than, mm²", 10.0, 0.1, 10_000)
        self.buttons = {
            "grow": _button("Grow", "The chosen element takes every pixel within the distance"),
            "shrink": _button("Shrink", "The chosen element gives up every pixel within the distance"),
            "smooth": _button("Smooth", "The chosen element's border becomes smoother"),
            "keep_largest": _button("Keep largest", "Only the element's largest piece stays"),
            "remove_small": _button("Remove small", "Pieces of the element below the area go"),
        }
        hint = ipywidgets.HTML(
            '<span class="u3edu-note">They work on the chosen element. The Region tool marks a region.</span>'
        )
        super().__init__(
            [
                row(self.where, self.unmark, hint),
                row(self.distance, self.buttons["grow"], self.buttons["shrink"]),
                row(self.radius, self.buttons["smooth"]),
                row(self.area, self.buttons["remove_small"], self.buttons["keep_largest"]),
            ]
        )

    def on_press(self, callback: Callable[[str], None]) -> None:
        """Call back with the name of the button that a person presses."""
        for name, button in self.buttons.items():
            button.on_click(lambda _, pressed=name: callback(pressed))

    def mark(self, region: Points | None) -> None:
        """Remember the corners of the marked region; None takes it away."""
        self.region = None if region is None else tuple(region)
        self.where.disabled = self.unmark.disabled = region is None
        self.where.value = self.where.options[0 if region is None else 1]

    def operation(self, name: str, settings: Settings) -> EditOperation:
        """The operation behind a button."""
        element, mask = settings.element, settings.mask
        region = self.region if self.where.value == self.where.options[1] else None
        if name in ("grow", "shrink"):
            kind = Grow if name == "grow" else Shrink
            return kind(element=element, millimetres=self.distance.value, region=region, mask=mask)
        if name == "smooth":
            return Smooth(radius=self.radius.value, element=element, region=region, mask=mask)
        if name == "remove_small":
            return RemoveSmall(element=element, square_millimetres=self.area.value, region=region, mask=mask)
        return KeepLargest(element=element, region=region, mask=mask)

    def words(self, name: str) -> str:
        """What a button does, as something done: ``"Grew"``."""
        return {
            "grow": "Grew",
            "shrink": "Shrank",
            "smooth": "Smoothed",
            "keep_largest": "Kept the largest piece of",
            "remove_small": "Removed small pieces of",
        }[name]


def _wide(width: str) -> ipywidgets.Layout:
    return ipywidgets.Layout(width=width)


def _number(description: str, value: float, lowest: float, highest: float) -> ipywidgets.BoundedFloatText:
    return ipywidgets.BoundedFloatText(
        value,
        min=lowest,
        max=highest,
        step=0.1,
        description=description,
        style={"description_width": "auto"},
        layout=_wide("190px"),
    )


def _button(text: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=text, tooltip=tooltip, layout=_wide("120px"))
