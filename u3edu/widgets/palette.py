"""The palette: the model's elements by numeral, name and colour."""

from collections.abc import Callable, Sequence

import ipywidgets

from u3edu.editing.label_map import Element


class Palette(ipywidgets.VBox):
    """Buttons to choose an element; the chosen one carries a tick and the words beneath.

    Colour never stands alone: each button has the element's numeral and name.

    Parameters
    ----------
    elements : sequence of Element
        The K elements of the model.
    """

    def __init__(self, elements: Sequence[Element]) -> None:
        self._elements = tuple(elements)
        self._buttons: list[ipywidgets.Button] = []
        for number, element in enumerate(self._elements):
            button = ipywidgets.Button(
                description=f"{number}  {element.name}",
                tooltip=f"Paint element {number}: {element.name}",
                layout=ipywidgets.Layout(width="auto", margin="2px"),
            )
            button.style.button_color = element.colour
            button.style.text_color = ink_on(element.colour)
            button.add_class("u3edu-element")
            self._buttons.append(button)
        caption = ipywidgets.HTML('<span class="u3edu-caption">Paint with</span>')
        row = ipywidgets.Box(
            self._buttons, layout=ipywidgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        )
        super().__init__([caption, row])
        self.add_class("u3edu-palette")
        self.show(0)

    def on_choose(self, callback: Callable[[int], None]) -> None:
        """Call back with the number of the element when a person picks one."""
        for number, button in enumerate(self._buttons):
            button.on_click(lambda _, chosen=number: callback(chosen))

    def show(self, chosen: int) -> None:
        """Mark one element as chosen."""
        for number, button in enumerate(self._buttons):
            button.icon = "check" if number == chosen else ""
            button.style.font_weight = "bold" if number == chosen else "normal"
            (button.add_class if number == chosen else button.remove_class)("u3edu-chosen")
        self.chosen = chosen

    @property
    def colour(self) -> str:
        """The chosen element's colour, ``"#rrggbb"``."""
        return self._elements[self.chosen].colour

    def __repr__(self) -> str:
        return f"Palette({len(self._elements)} elements, {self._elements[self.chosen].name} chosen)"


def ink_on(colour: str) -> str:
    """Black or white, whichever has the higher contrast on ``"#rrggbb"`` (WCAG 2.2 relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"
