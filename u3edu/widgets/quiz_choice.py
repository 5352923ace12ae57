"""The form of a question that is answered by a choice: real or synthetic, A/B/C, stage."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from u3edu.quiz.items import RateABC, RealOrSynthetic, StageIt
from u3edu.quiz.quiz import Quiz
from u3edu.widgets.quiz_words import RATING_WORDS, picture_html, question_html


def radio_buttons(options: list[tuple[str, Any]], label: str) -> ipywidgets.RadioButtons:
    """Choices without one chosen."""
    buttons = ipywidgets.RadioButtons(
        options=options, value=None, layout=ipywidgets.Layout(width="auto", overflow="visible")
    )
    buttons.tooltip = label
    return buttons


class ChoiceForm(ipywidgets.HBox):
    """A picture, the question, and the choices.

    Parameters
    ----------
    item : RealOrSynthetic, RateABC or StageIt
    quiz : Quiz
        For the picture.
    """

    def __init__(self, item: RealOrSynthetic | RateABC | StageIt, quiz: Quiz) -> None:
        if isinstance(item, RealOrSynthetic):
            options: list[tuple[str, Any]] = [("Real", "real"), ("Synthetic", "synthetic")]
        elif isinstance(item, RateABC):
            options = [(words, rating) for rating, words in RATING_WORDS.items()]
        else:
            options = [(words, number) for number, words in enumerate(item.choices)]
        self._choice = radio_buttons(options, item.question)
        caption = item.caption if isinstance(item, RateABC) else None
        picture = ipywidgets.HTML(picture_html(quiz.files[item.picture], "The picture of this question"))
        asked = ipywidgets.VBox([ipywidgets.HTML(question_html(item.question, caption)), self._choice])
        super().__init__([ipywidgets.VBox([picture]), asked])
        self.add_class("u3edu-pictures")

    @property
    def given(self) -> tuple[Any, None] | None:
        """The answer as it is chosen; None before."""
        return None if self._choice.value is None else (self._choice.value, None)

    def choose(self, number: int) -> None:
        """Choose an answer by its number, from 0."""
        self._choice.index = number

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back when the answer changes."""
        self._choice.observe(lambda _: callback(), "value")
