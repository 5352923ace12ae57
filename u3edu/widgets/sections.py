"""Groups of controls behind a row of buttons, one open at a time."""

from collections.abc import Mapping

import ipywidgets


class Sections(ipywidgets.VBox):
    """A row of named buttons; the chosen one's controls lie beneath.

    The notebook's own tabs and accordions can't be opened by keyboard everywhere; these are plain
    buttons.

    Parameters
    ----------
    panels : mapping of str to widget
        By the words on their buttons; the first is open.
    beside : tuple of widget
        Stand at the end of the row of buttons, whatever is open.
    """

    def __init__(
        self, panels: Mapping[str, ipywidgets.Widget], beside: tuple[ipywidgets.Widget, ...] = ()
    ) -> None:
        self._panels = dict(panels)
        self.choice = ipywidgets.ToggleButtons(
            options=list(panels), style={"button_width": "auto"}, layout=ipywidgets.Layout(width="auto")
        )
        self.choice.add_class("u3edu-tabs")
        row = ipywidgets.HBox([self.choice, *beside])
        row.add_class("u3edu-controls")
        row.add_class("u3edu-tab-row")
        self._frame = ipywidgets.Box(layout=ipywidgets.Layout(overflow="visible"))
        self._frame.add_class("u3edu-panel")
        super().__init__([row, self._frame])
        self.choice.observe(lambda _: self._show(), "value")
        self._show()

    def choose(self, name: str) -> None:
        """Show one group."""
        self.choice.value = name

    def add(self, name: str, panel: ipywidgets.Widget) -> None:
        """Put another group at the end of the row."""
        self._panels[name] = panel
        chosen = self.choice.value
        self.choice.options = list(self._panels)
        self.choice.value = chosen

    def _show(self) -> None:
        self._frame.children = (self._panels[self.choice.value],)
