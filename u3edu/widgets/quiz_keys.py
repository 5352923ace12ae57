"""The part of a quiz card that lives in the page: keys stay where the focus is, choices with their Submit."""

from pathlib import Path

import anywidget

_PARTS = ("tidy.js", "quiz.js")
_FOLDER = Path(__file__).parent / "page"


class QuizKeys(anywidget.AnyWidget):
    """Without it the notebook takes the arrow keys from the choices; nothing of it is to be seen.

    A press of Submit in the page comes as a message ``{"press": "submit", "chosen": number or None}``:
    the choice that is seen at that moment, which may still be on its way by itself.
    """

    _esm = "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in _PARTS)
