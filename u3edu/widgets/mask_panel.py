"""Where paint may go: over which elements, and over which intensities of the original."""

from collections.abc import Callable, Sequence

import ipywidgets
from pydantic import ValidationError

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import Element
from u3edu.editing.mask import IntensityRange, Mask
from u3edu.widgets.controls import row
from u3edu.widgets.words import mask_html


class MaskPanel(ipywidgets.VBox):
    """Controls of the mask, and the mask in words.

    Parameters
    ----------
    elements : sequence of Element
    unit : str
        Of the original picture's intensities, ``"HU"`` or ``"signal"``.
    lowest, highest : float
        The original picture's raw values.

    Attributes
    ----------
    words : ipywidgets.HTML
        The mask in words; belongs on the status line, whichever controls are open.
    """

    def __init__(self, elements: Sequence[Element], unit: str, lowest: float, highest: float) -> None:
        self._elements, self._unit = tuple(elements), unit
        options = [(f"{number} {element.name}", number) for number, element in enumerate(elements)]
        self.only_over = _list("Paint only over", options)
        self.keep = _list("Keep", options)
        self.limited = ipywidgets.Checkbox(
            description="Only where the original has",
            indent=False,
            layout=ipywidgets.Layout(width="auto"),
        )
        self.low = _number(f"from, {unit}", round(lowest, 1))
        self.high = _number(f"to, {unit}", round(highest, 1))
        self.unlock = ipywidgets.Button(
            description="Paint over everything",
            tooltip="Take all limits away",
            icon="unlock",
            layout=ipywidgets.Layout(width="auto"),
        )
        self.words = ipywidgets.HTML()
        self._controls = (self.only_over, self.keep, self.limited, self.low, self.high)
        for control in self._controls:
            control.observe(lambda _: self.show(), "value")
        self.unlock.on_click(lambda _: self.clear())
        hint = ipywidgets.HTML(
            '<span class="u3edu-note">Choose several elements with Ctrl or Shift; none means no limit.</span>'
        )
        super().__init__(
            [row(self.only_over, self.keep), hint, row(self.limited, self.low, self.high, self.unlock)]
        )
        self.show()

    @property
    def mask(self) -> Mask:
        """The mask that the controls describe.

        Raises
        ------
        InvalidEdit
            If it would let nothing be painted, or its range runs from high to low.
        """
        try:
            within = IntensityRange(low=self.low.value, high=self.high.value) if self.limited.value else None
            return Mask(only_over=self.only_over.value or None, keep=self.keep.value, within=within)
        except ValidationError as error:
            raise InvalidEdit.from_validation(error, "these limits cannot be met") from error

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back when the mask has changed."""
        for control in self._controls:
            control.observe(lambda _: callback(), "value")

    def clear(self) -> None:
        """Take every limit away."""
        self.only_over.value = self.keep.value = ()
        self.limited.value = False

    def show(self) -> None:
        """Put the mask into words."""
        try:
            mask = self.mask
        except InvalidEdit as error:
            self.words.value = mask_html(str(error), is_limited=True)
        else:
            self.words.value = mask_html(
                mask.in_words(self._elements, self._unit), is_limited=not mask.is_open
            )


def _list(description: str, options: list[tuple[str, int]]) -> ipywidgets.SelectMultiple:
    return ipywidgets.SelectMultiple(
        options=options,
        description=description,
        rows=4,
        style={"description_width": "auto"},
        layout=ipywidgets.Layout(width="300px"),
    )


def _number(description: str, value: float) -> ipywidgets.FloatText:
    return ipywidgets.FloatText(
        value,
        description=description,
        style={"description_width": "auto"},
        layout=ipywidgets.Layout(width="170px"),
    )
