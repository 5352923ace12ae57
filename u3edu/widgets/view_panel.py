"""How the pictures are looked at: elements, window, zoom, and the neighbouring slices."""

from collections.abc import Callable, Sequence

import ipywidgets
import numpy as np

from u3edu.editing.label_map import Element
from u3edu.imaging.slice import Window
from u3edu.widgets.controls import row

BY_HAND = "by hand"
# A drop-down shows nothing for the value None.
_ALL = -1
LARGEST_ZOOM = 8


class ViewPanel(ipywidgets.VBox):
    """Controls of the view; `on_overlay`, `on_window` and `on_slice` tell what changed.

    Parameters
    ----------
    windows : tuple of Window
        The picture's presets; the first is chosen.
    unit : str
        Of the window, ``"HU"`` or ``"signal"``.
    elements : sequence of Element
    slices : int
        How many slices the series has; 1 for a picture alone.
    position : int
        Which of them is the painter's own, from 0.
    """

    def __init__(
        self,
        windows: tuple[Window, ...],
        unit: str,
        elements: Sequence[Element],
        slices: int = 1,
        position: int = 0,
    ) -> None:
        self.opacity = ipywidgets.IntSlider(
            value=35, min=0, max=100, step=5, description="Elements shown, %", **_sized("300px")
        )
        self.outlines = ipywidgets.Checkbox(
            description="Outlines only", indent=False, layout=ipywidgets.Layout(width="auto")
        )
        self.shown = ipywidgets.Dropdown(
            options=[
                ("all elements", _ALL),
                *((f"{number} {each.name}", number) for number, each in enumerate(elements)),
            ],
            description="Show",
            **_sized("210px"),
        )
        self.preset = ipywidgets.Dropdown(
            options=[*((window.name, window) for window in windows), (BY_HAND, BY_HAND)],
            value=windows[0],
            description="Window",
            **_sized("190px"),
        )
        self.centre = ipywidgets.FloatText(windows[0].centre, description=f"Level, {unit}", **_sized("170px"))
        self.width = ipywidgets.BoundedFloatText(
            windows[0].width, min=1e-3, max=1e6, description=f"Width, {unit}", **_sized("170px")
        )
        self.zoom = ipywidgets.FloatSlider(
            value=1.0, min=1.0, max=LARGEST_ZOOM, step=0.001, description="Zoom", readout_format=".2f",
            **_sized("250px"),
        )  # fmt: skip
        self.pan = {
            name: ipywidgets.Button(
                icon=f"arrow-{name}",
                tooltip=f"Move the view {name}",
                description=name.capitalize(),
                layout=ipywidgets.Layout(width="84px"),
            )
            for name in ("left", "right", "up", "down")
        }
        self.slice = ipywidgets.IntSlider(
            value=position + 1, min=1, max=max(slices, 1), description="Look at slice", **_sized("320px")
        )
        self._own = position + 1
        self._back = ipywidgets.Button(
            description="Back to the painted slice", layout=ipywidgets.Layout(width="auto")
        )
        self._back.on_click(lambda _: setattr(self.slice, "value", self._own))
        rows = [
            row(self.opacity, self.outlines, self.shown),
            row(self.preset, self.centre, self.width),
            row(self.zoom, *self.pan.values()),
        ]
        if slices > 1:
            rows.append(row(self.slice, self._back))
        super().__init__(rows)
        self._turning = False
        self.preset.observe(lambda _: self._take_preset(), "value")
        for number in (self.centre, self.width):
            number.observe(lambda _: self._take_numbers(), "value")

    @property
    def window(self) -> Window:
        """The window that the pictures are shown through."""
        if isinstance(self.preset.value, Window):
            return self.preset.value
        return Window(BY_HAND, self.centre.value, self.width.value)

    @property
    def only(self) -> int | None:
        """The one element that is shown; None for all."""
        return None if self.shown.value == _ALL else self.shown.value

    @property
    def neighbour(self) -> int | None:
        """The slice that is looked at instead of the painted one, from 0; None for the painted one."""
        return None if self.slice.value == self._own else self.slice.value - 1

    def turn_window(self, level: float, width: float) -> None:
        """Shift the level and widen the window, as shares of its present width."""
        present = self.window
        self._set_window(
            present.centre + level * present.width, max(present.width * (1 + width), present.width / 4, 1e-3)
        )

    def on_overlay(self, callback: Callable[[], None]) -> None:
        """Call back when the elements are to be shown differently."""
        for control in (self.opacity, self.outlines, self.shown):
            control.observe(lambda _: callback(), "value")

    def on_window(self, callback: Callable[[], None]) -> None:
        """Call back when the window has changed; once for a preset, though it sets two numbers."""
        for control in (self.preset, self.centre, self.width):
            control.observe(lambda _: None if self._turning else callback(), "value")

    def on_slice(self, callback: Callable[[], None]) -> None:
        """Call back when another slice is to be looked at."""
        self.slice.observe(lambda _: callback(), "value")

    def _take_preset(self) -> None:
        chosen = self.preset.value
        if isinstance(chosen, Window):
            self._turning, was = True, self._turning
            self.centre.value, self.width.value = chosen.centre, chosen.width
            self._turning = was

    def _take_numbers(self) -> None:
        if not self._turning:
            self._set_window(self.centre.value, self.width.value)

    def _set_window(self, centre: float, width: float) -> None:
        """The numbers first, then the word: whoever listens to the word sees both."""
        self._turning = True
        # A thousandth of the width is finer than grey levels.
        digits = max(0, 2 - int(np.floor(np.log10(width)))) if width > 0 else 3
        self.centre.value, self.width.value = round(centre, digits), round(width, digits)
        self.preset.value = BY_HAND
        self._turning = False


def _sized(width: str) -> dict[str, object]:
    """A control of a certain width with as much room for its name as it needs."""
    return {"style": {"description_width": "auto"}, "layout": ipywidgets.Layout(width=width)}
