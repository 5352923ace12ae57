"""The history of an edit as a list of steps in words; choosing one goes there."""

import ipywidgets

from u3edu.editing.history import Step
from u3edu.editing.label_map import Element
from u3edu.editing.script import EditScript
from u3edu.widgets.notice import Notice
from u3edu.widgets.session import EditSession
from u3edu.widgets.words import element_name


def step_in_words(step: Step, elements: tuple[Element, ...]) -> str:
    """One step, for example ``"brush stroke, 3 muscle: 120 pixels"``."""
    if isinstance(step.made, EditScript):
        edits = len(step.made)
        what = f"another edit of {edits} step{'' if edits == 1 else 's'}" if edits else "reset"
    else:
        what = step.made.kind.replace("_", " ")
        element = getattr(step.made, "element", None)
        if isinstance(element, int):
            what += f", {element_name(element, elements)}"
    return f"{what}: {step.pixels:,} pixel{'' if step.pixels == 1 else 's'}"


class HistoryList(ipywidgets.VBox):
    """All steps of a session, the present one chosen; those beneath it are undone.

    A plain list box: arrow keys move in it, Tab leaves it.

    Parameters
    ----------
    session : EditSession
    """

    def __init__(self, session: EditSession) -> None:
        self._session = session
        self._showing = False
        self._notice = Notice()
        self.steps = ipywidgets.Select(
            description="History",
            rows=8,
            style={"description_width": "auto"},
            layout={"width": "auto", "min_width": "420px"},
        )
        super().__init__([self.steps, self._notice])
        self.steps.observe(self._notice.guarded(self._jump), "index")
        session.on_edit(lambda _: self._show())
        self._notice.say("")
        self._show()

    def _jump(self, change: dict[str, int | None]) -> None:
        position = change["new"]
        if not self._showing and position is not None:
            self._session.jump(position)
            self._notice.say("")

    def _show(self) -> None:
        """Bring the list in step with the history."""
        history, elements = self._session.history, self._session.base.elements
        words = ["as segmented", *(step_in_words(step, elements) for step in history.steps)]
        options = tuple(f"{number}. {each}" for number, each in enumerate(words))
        self._showing = True
        try:
            with self.steps.hold_sync():
                if options != self.steps.options:
                    self.steps.options = options
                self.steps.index = history.position
        finally:
            self._showing = False

    def __repr__(self) -> str:
        history = self._session.history
        return f"HistoryList(step {history.position} of {len(history.steps)})"
