"""The part of a quiz card that lives in the page: keys stay with the control that has the focus."""

from pathlib import Path

import anywidget

_PARTS = ("tidy.js", "quiz.js")
_FOLDER = Path(__file__).parent / "page"


class QuizKeys(anywidget.AnyWidget):
    """Without it the notebook takes the arrow keys from the choices; nothing of it is to be seen."""

    _esm = "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in _PARTS)
