"""Painting with a tissue: which exemplar, as a pattern or a copy, and how it ends at its rim."""

import html
from collections.abc import Callable, Sequence

import ipywidgets

from u3edu.editing.exemplar import Exemplar
from u3edu.widgets.controls import row, text_line
from u3edu.widgets.tools import Tissue


class TissuePanel(ipywidgets.VBox):
    """Controls of the tissue brush.

    Parameters
    ----------
    exemplars : sequence of Exemplar
        Those kept with the model; more are taken from marked regions.
    """

    def __init__(self, exemplars: Sequence[Exemplar]) -> None:
        self._exemplars = list(exemplars)
        self.active = ipywidgets.Checkbox(
            description="Paint with a tissue instead of one element",
            indent=False,
            layout=ipywidgets.Layout(width="auto"),
        )
        self.choice = ipywidgets.Dropdown(options=self._listed(), description="Tissue", **_sized("330px"))
        self.mode = ipywidgets.Dropdown(
            options=[("as an endless pattern", "pattern"), ("as a copy, where you press", "clone")],
            description="Painted",
            **_sized("270px"),
        )
        self.rim = ipywidgets.IntSlider(
            value=3, min=0, max=32, description="Blended rim, px", **_sized("300px")
        )
        self.seed = ipywidgets.BoundedIntText(
            0, min=0, max=2**31, description="Pattern number", **_sized("190px")
        )
        self.name = text_line("Name", "for example tumour, T2", "260px")
        self.take = ipywidgets.Button(
            description="Take the marked region",
            icon="plus",
            tooltip="The region marked with the Region tool becomes a tissue to paint with",
            layout=ipywidgets.Layout(width="auto"),
        )
        self._source = ipywidgets.HTML()
        super().__init__(
            [
                row(self.active, self.choice, self.mode),
                self._source,
                row(self.rim, self.seed),
                row(self.name, self.take),
            ]
        )
        self.active.disabled = not self._exemplars
        self.choice.observe(lambda _: self._show_source(), "value")
        self._show_source()

    @property
    def tissue(self) -> Tissue | None:
        """What is painted with; None for the chosen element."""
        if not self.active.value or not self._exemplars:
            return None
        exemplar = self._exemplars[self.choice.value]
        return Tissue(exemplar, self.mode.value, self.seed.value, self.rim.value)

    def add(self, exemplar: Exemplar) -> None:
        """Put an exemplar on the list, choose it and paint with it."""
        self._exemplars.append(exemplar)
        self.choice.options = self._listed()
        self.active.disabled = False
        self.choice.value = len(self._exemplars) - 1
        self.active.value = True

    def next_name(self) -> str:
        """The name that a person gave the next exemplar, or one that counts."""
        return self.name.value.strip() or f"tissue {len(self._exemplars) + 1} of this picture"

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back when something else is painted with."""
        for control in (self.active, self.choice, self.mode):
            control.observe(lambda _: callback(), "value")

    def _show_source(self) -> None:
        """Say where the chosen exemplar comes from, as its licence wants."""
        source = self._exemplars[self.choice.value].source if self._exemplars else ""
        self._source.value = f'<span class="u3edu-note">{html.escape(source)}</span>'
        self._source.layout.display = None if source else "none"

    def _listed(self) -> list[tuple[str, int]]:
        """The exemplars' names and numbers, or what to do while there is none."""
        return [(each.name, number) for number, each in enumerate(self._exemplars)] or [
            ("none yet: mark a region", -1)
        ]


def _sized(width: str) -> dict[str, object]:
    """A control of a certain width with as much room for its name as it needs."""
    return {"style": {"description_width": "auto"}, "layout": ipywidgets.Layout(width=width)}
