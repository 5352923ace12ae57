"""The choice between the two ways to make the picture."""

from typing import get_args

import ipywidgets

from u3edu.widgets.notice import Notice
from u3edu.widgets.session import EditSession, Mode

_WORDS = {
    "whole": ("Whole synthesis", "Every pixel is drawn by the model: nothing of the original is passed on."),
    "in place": ("In place", "The original outside the edit to the last bit, the synthetic picture inside."),
}


class ModeChoice(ipywidgets.VBox):
    """Two buttons that say what they mean.

    Parameters
    ----------
    session : EditSession
        With an original picture, or ``"in place"`` is refused.
    """

    def __init__(self, session: EditSession) -> None:
        self._session = session
        self._notice = Notice()
        self.choice = ipywidgets.ToggleButtons(
            options=[(_WORDS[mode][0], mode) for mode in get_args(Mode)],
            value=session.mode,
            tooltips=[_WORDS[mode][1] for mode in get_args(Mode)],
            description="Picture",
            style={"description_width": "auto", "button_width": "auto"},
        )
        self.choice.observe(self._notice.guarded(self._choose), "value")
        self._notice.say(_WORDS[session.mode][1])
        session.on_mode(self._show)
        super().__init__([self.choice, self._notice])

    def _choose(self, change: dict[str, Mode]) -> None:
        try:
            self._session.mode = change["new"]
        except ValueError:
            self.choice.value = self._session.mode
            raise

    def _show(self, mode: Mode) -> None:
        self.choice.value = mode
        self._notice.say(_WORDS[mode][1])
