"""A quiz in a notebook: one question at a time, kept at once, with feedback by the instructor's rules."""

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets

from u3edu.engine.protocol import Engine
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.items import Item, PaintIt, WhatChanged
from u3edu.quiz.mark import Mark
from u3edu.quiz.score import Score
from u3edu.quiz.session import QuizSession
from u3edu.widgets.quiz_choice import ChoiceForm
from u3edu.widgets.quiz_keys import QuizKeys
from u3edu.widgets.quiz_paint import PaintForm
from u3edu.widgets.quiz_place import PlaceForm
from u3edu.widgets.quiz_words import (
    STYLE,
    end_html,
    head_html,
    introduction_html,
    mark_html,
    picture_html,
    question_html,
    said_html,
    time_html,
)
from u3edu.widgets.still import side_by_side, with_still
from u3edu.widgets.style import style_sheet


class QuizCard(ipywidgets.VBox):
    """Shows a quiz session, and takes the answers from the page or from Python.

    What is sent to the page is the open question alone; marks and reasons only after an answer.

    Parameters
    ----------
    session : QuizSession
    engine : Engine, optional
        For questions that are painted; loaded by the name of its model if left out.

    Examples
    --------
    >>> card = QuizCard(session)  # doctest: +SKIP
    >>> card.answer("real")  # doctest: +SKIP
    """

    def __init__(self, session: QuizSession, engine: Engine | None = None) -> None:
        self.session = session
        self._engine = engine
        self._lock = threading.RLock()
        self._form: ChoiceForm | PlaceForm | PaintForm | None = None
        self._head, self._time, self._said = (ipywidgets.HTML() for _ in range(3))
        self._body = ipywidgets.VBox(layout=ipywidgets.Layout(overflow="visible"))
        self._shown = ipywidgets.HTML()
        self._start = _button("Start" if session.answered == 0 else "Go on")
        self._submit, self._next = _button("Submit"), _button("Next question")
        keys = QuizKeys(layout=ipywidgets.Layout(display="none"))
        super().__init__(
            [
                style_sheet(),
                ipywidgets.HTML(STYLE, layout=ipywidgets.Layout(display="none")),
                self._head,
                self._time,
                self._body,
                ipywidgets.HBox([self._start, self._submit, self._next]),
                self._said,
                self._shown,
                keys,
            ]
        )
        self.add_class("u3edu-quiz")
        self._start.on_click(self._guarded(self._ask))
        self._next.on_click(self._guarded(self._ask))
        self._submit.on_click(self._guarded(self._submit_form))
        keys.on_msg(lambda _, content, buffers: self._pressed(content))
        self._introduce()

    def answer(self, given: Any, *, place: tuple[float, float] | None = None) -> Mark | None:
        """Answer the open question from Python, just as the Submit button does.

        See `u3edu.quiz.session.QuizSession.answer`.
        """
        with self._lock:
            item = self.session.item
            mark = self.session.answer(given, place=place)
            self._after(item, mark)
            return mark

    def score(self) -> Score:
        """What counts so far."""
        return self.session.score()

    def _introduce(self) -> None:
        """Title and introduction; nothing is opened before the trainee starts."""
        if self.session.done:
            self._finish()
            return
        document = self.session.quiz.document
        self._head.value = introduction_html(document.title, document.introduction)
        kept = self.session.answered
        words = f"{kept} of {len(self.session.quiz)} questions are answered and kept." if kept else ""
        self._said.value = said_html(words)
        self._buttons(start=True)

    def _ask(self) -> None:
        """Show the open question."""
        if self.session.done:
            self._finish()
            return
        item = self.session.item
        assert item is not None  # not done
        self._said.value = said_html("One moment …")
        form = self._form_for(item)
        # The time counts from here, when the question can be seen.
        self.session.open()
        if self.session.seconds_left() == 0:  # it was opened before, and left
            self._after(item, self.session.time_over())
            return
        self._head.value = head_html(
            self.session.quiz.title, self.session.quiz.items.index(item) + 1, len(self.session.quiz)
        )
        self._form = form
        form.on_change(self._enable)
        self._body.children = (form,)
        left, limit = self.session.seconds_left(), self.session.quiz.seconds(item)
        self._time.value = time_html(left, limit) if left is not None and limit else ""
        self._said.value = said_html("")
        self._shown.value = ""
        self._buttons(submit=True)
        self._enable()

    def _form_for(self, item: Item) -> ChoiceForm | PlaceForm | PaintForm:
        if isinstance(item, WhatChanged):
            return PlaceForm(item, self.session.quiz)
        if isinstance(item, PaintIt):
            if self._engine is None:
                from u3edu.engine.loading import load_engine

                self._engine = load_engine(item.model)
            return PaintForm(item, self.session.quiz, self._engine)
        return ChoiceForm(item, self.session.quiz)

    def _pressed(self, content: dict[str, Any]) -> None:
        """Submit was pressed in the page: what is chosen there counts, also if it is still on its way."""

        def submit() -> None:
            chosen = content.get("chosen")
            if isinstance(chosen, int) and isinstance(self._form, (ChoiceForm, PlaceForm)):
                self._form.choose(chosen)
            self._submit_form()

        if content.get("press") == "submit":
            self._guarded(submit)(None)

    def _submit_form(self) -> None:
        if self._form is None or self._form.given is None:
            raise InvalidAnswer("choose an answer first")
        given, place = self._form.given
        self.answer(given, place=place)

    def _after(self, item: Item | None, mark: Mark | None) -> None:
        """Say what an answer was worth, as far as the rules allow, and lead on."""
        self._time.value = ""
        for control in _controls(self._form):
            control.disabled = True
        self._said.value = said_html("Your answer is kept." if mark is None else "")
        self._shown.value = "" if mark is None else _feedback(mark)
        again = item is not None and item == self.session.item
        self._next.description = (
            "Try again" if again else "Next question" if not self.session.done else "Finish"
        )
        self._buttons(next_one=True)

    def _finish(self) -> None:
        """The score, and, where the rules allow, every question once more with its reason."""
        quiz = self.session.quiz
        self._head.value = end_html(quiz.title, self.session.score())
        self._time.value = self._shown.value = ""
        self._said.value = said_html("")
        self._form = None
        self._buttons()
        if any(self.session.feedback(item) is not None for item in quiz.items):
            number = ipywidgets.IntSlider(
                value=1, min=1, max=len(quiz), description="Question", style={"description_width": "auto"}
            )
            page = ipywidgets.HTML()

            def turn() -> None:
                page.value = self._review(quiz.items[number.value - 1])

            number.observe(lambda _: turn(), "value")
            turn()
            self._body.children = (number, page)
        else:
            self._body.children = ()

    def _review(self, item: Item) -> str:
        mark = self.session.feedback(item)
        pictures = "".join(
            picture_html(self.session.quiz.files[name], "A picture of this question")
            for name in item.pictures
            if not (isinstance(item, PaintIt) and name == item.label_map)
        )
        caption = getattr(item, "caption", None)
        return question_html(item.question, caption) + (_feedback(mark) if mark else "") + pictures

    def _enable(self) -> None:
        """Submit can be pressed once there is an answer."""
        self._submit.disabled = self._form is None or self._form.given is None

    def _buttons(self, *, start: bool = False, submit: bool = False, next_one: bool = False) -> None:
        for button, wanted in ((self._start, start), (self._submit, submit), (self._next, next_one)):
            button.layout.display = "" if wanted else "none"

    def _guarded(self, callback: Callable[[], None]) -> Callable[[Any], None]:
        """A button's callback under the lock that puts an error into words: nothing given is lost."""

        def run(_: Any) -> None:
            with self._lock:
                try:
                    callback()
                except Exception as error:  # the store may be far away: anything can happen
                    self._said.value = said_html(str(error) or type(error).__name__, problem=True)

        return run

    def __repr__(self) -> str:
        return f"QuizCard({self.session.quiz.title!r}, {self.session.who}: {self.session.score()})"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options)
        item = self.session.item
        if item is None:
            return bundle
        names = item.pictures[:1] if isinstance(item, PaintIt) else item.pictures
        return with_still(bundle, side_by_side([self.session.quiz.pixels(name) for name in names]))


def _feedback(mark: Mark) -> str:
    """A mark's words and picture."""
    picture = picture_html(mark.picture, "The picture of the explanation") if mark.picture else ""
    return mark_html(mark) + picture


def _controls(form: ipywidgets.Widget | None) -> list[ipywidgets.Widget]:
    """Everything in a form that could still be changed after submission."""
    if form is None:
        return []
    inside = [form, *(child for one in getattr(form, "children", ()) for child in _controls(one))]
    return [one for one in inside if hasattr(one, "disabled")]


def _button(text: str) -> ipywidgets.Button:
    # Without an icon: screen readers would read its character before the words.
    return ipywidgets.Button(description=text, layout=ipywidgets.Layout(width="150px"))
