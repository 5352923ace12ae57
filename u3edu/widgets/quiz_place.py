"""The form of `WhatChanged`: two pictures, a choice, and a place to point at."""

from collections.abc import Callable
from typing import Any

import ipycanvas
import ipywidgets

from u3edu.quiz.items import WhatChanged
from u3edu.quiz.quiz import Quiz
from u3edu.widgets.canvas import hold, to_canvas
from u3edu.widgets.quiz_choice import radio_buttons
from u3edu.widgets.quiz_words import picture_html, question_html
from u3edu.widgets.style import caption

_STEP = {"arrowup": (-1, 0), "arrowdown": (1, 0), "arrowleft": (0, -1), "arrowright": (0, 1)}


class PlaceForm(ipywidgets.VBox):
    """Before and after beside each other; the place is clicked, moved with arrow keys, or typed.

    Parameters
    ----------
    item : WhatChanged
    quiz : Quiz
        For the pictures.
    """

    def __init__(self, item: WhatChanged, quiz: Quiz) -> None:
        self._pixels = to_canvas(quiz.pixels(item.after))
        rows, columns = self._pixels.shape[:2]
        layout = ipywidgets.Layout(width="100%", max_width="512px", height="auto")
        self._canvas = ipycanvas.Canvas(width=columns, height=rows, layout=layout)
        self._row, self._column = (
            ipywidgets.BoundedIntText(
                value=length // 2,
                min=0,
                max=length - 1,
                description=name,
                style={"description_width": "auto"},
                layout=ipywidgets.Layout(width="130px"),
            )
            for name, length in (("Row", rows), ("Column", columns))
        )
        self._pointed = False
        self._callbacks: list[Callable[[], None]] = []
        self._choice = radio_buttons([(words, n) for n, words in enumerate(item.choices)], item.question)
        before = ipywidgets.HTML(picture_html(quiz.files[item.before], "The picture before the change"))
        place = ipywidgets.VBox([caption("After", "click on the place of the change"), self._canvas])
        place.add_class("u3edu-quiz-place")
        pictures = ipywidgets.HBox([ipywidgets.VBox([caption("Before"), before]), place])
        pictures.add_class("u3edu-pictures")
        words = ipywidgets.HTML('<span class="u3edu-caption">Place</span>')
        typed = ipywidgets.HBox([words, self._row, self._column])
        typed.add_class("u3edu-controls")
        super().__init__([ipywidgets.HTML(question_html(item.question)), pictures, typed, self._choice])
        self._canvas.on_mouse_down(lambda x, y: self.point((int(y), int(x))))
        self._canvas.on_touch_start(lambda touches: self.point((int(touches[0][1]), int(touches[0][0]))))
        self._canvas.on_key_down(self._key)
        self._canvas.on_client_ready(self.redraw)
        self._choice.observe(lambda _: self._changed(), "value")
        for box in (self._row, self._column):
            box.observe(lambda _: self._typed(), "value")
        self.redraw()

    @property
    def given(self) -> tuple[int, tuple[float, float]] | None:
        """Choice and place; None before both are given."""
        if self._choice.value is None or not self._pointed:
            return None
        return self._choice.value, (float(self._row.value), float(self._column.value))

    def choose(self, number: int) -> None:
        """Choose an answer by its number, from 0."""
        self._choice.index = number

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back when the answer changes."""
        self._callbacks.append(callback)

    def point(self, place: tuple[int, int]) -> None:
        """Point at (row, column); places outside the picture move to its edge."""
        self._pointed = True
        for box, coordinate in zip((self._row, self._column), place, strict=True):
            box.value = min(max(coordinate, box.min), box.max)
        self._changed()

    def redraw(self) -> None:
        """Draw the picture, and the cross where it was pointed at."""
        with hold():
            self._canvas.put_image_data(self._pixels, 0, 0)
            if not self._pointed:
                return
            x, y = self._column.value + 0.5, self._row.value + 0.5
            arm = max(4.0, self._pixels.shape[1] / 40)
            for colour, width in (("#000000", 3.0), ("#ffb000", 1.5)):
                self._canvas.stroke_style = colour
                self._canvas.line_width = width * max(1.0, self._pixels.shape[1] / 512)
                self._canvas.stroke_line(x - arm, y, x + arm, y)
                self._canvas.stroke_line(x, y - arm, x, y + arm)

    def _typed(self) -> None:
        self._pointed = True
        self._changed()

    def _changed(self) -> None:
        self.redraw()
        for callback in self._callbacks:
            callback()

    def _key(self, key: str, *_: Any) -> None:
        """Arrow keys move the cross; Tab and Escape lead on, for a canvas keeps all keys to itself."""
        pressed = key.lower()
        if pressed in _STEP:
            down, right = _STEP[pressed]
            self.point((self._row.value + down, self._column.value + right))
        elif pressed in ("tab", "escape"):
            self._row.focus()
