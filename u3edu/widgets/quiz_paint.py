"""The form of `PaintIt`: the painter over the item's picture."""

from collections.abc import Callable

import ipywidgets

from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.quiz.items import PaintIt
from u3edu.quiz.marking import label_map_of, picture_of
from u3edu.quiz.quiz import Quiz
from u3edu.widgets.painter import Painter
from u3edu.widgets.quiz_words import question_html


class PaintForm(ipywidgets.VBox):
    """The question over a painter.

    Parameters
    ----------
    item : PaintIt
    quiz : Quiz
        For picture and elements.
    engine : Engine
        Draws the synthetic picture.

    Raises
    ------
    ValueError
        If the engine is of another model than the item's elements.
    """

    def __init__(self, item: PaintIt, quiz: Quiz, engine: Engine) -> None:
        if engine.name != item.model:
            raise ValueError(
                f"this question is painted with the model {item.model!r}; the engine is {engine.name!r}"
            )
        self.painter = Painter(engine, picture_of(item, quiz), label_map_of(item, quiz, engine.elements))
        names = ", ".join(f"{number} {engine.elements[number].name}" for number in item.tumour_elements)
        counts = ipywidgets.HTML(f"<p>These elements count as tumour: {names}.</p>")
        super().__init__([ipywidgets.HTML(question_html(item.question)), counts, self.painter])

    @property
    def given(self) -> tuple[EditScript, None] | None:
        """The edit; None before anything is painted."""
        script = self.painter.script
        return (script, None) if script.operations else None

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back after each step of the painter."""
        self.painter.session.on_edit(lambda _: callback())
