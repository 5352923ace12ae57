"""A trainee takes the workbook's own tests, reloads and loses the kernel in the middle, and finishes."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import NotebookPage
from tests.browser.quiz_page import MILLISECONDS, QuizPage
from u3edu.quiz.store import LocalStore

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# What the instructor knows of the open question, from the kernel of a practice quiz.
KEY = """\
from u3edu.quiz.keys import RateABCKey
asked = session.item
key = book.key(asked.id)
known = key.model_dump(mode="json") | {"choices": list(getattr(asked, "choices", ()))}
if isinstance(key, RateABCKey):
    known["rating"] = key.rating
if key.kind == "what_changed":
    known["place"] = [int(one) for one in np.argwhere(book.mask(key.region))[0]]
if key.kind == "paint_it":
    inside = np.argwhere(book.mask(key.lesion)).mean(axis=0)
    known["stroke"] = [[float(one) for one in inside], list(key.place)]
    known["element"] = asked.tumour_elements[0]
    known["columns"] = book.pixels(key.layers).shape[1]
import json
print(json.dumps(known))"""


class WorkbookQuiz(QuizPage):
    """The card of a notebook of the workbook, somewhere down the page."""

    def show(self) -> None:
        self.notebook.show_cell("QuizCard(", "quiz")
        self.card.wait_for(timeout=MILLISECONDS)

    def reload(self) -> None:
        self.notebook.save()
        self.notebook.reload()
        self.show()

    def lose_the_kernel(self) -> None:
        self.notebook.restart()
        self.notebook.run_all()
        self.show()

    def answer(self) -> str:
        """Answer the open question rightly, by hand; its kind."""
        known: dict[str, Any] = json.loads(self.notebook.kernel(KEY))
        if known["kind"] == "real_or_synthetic":
            self.choose(known["source"].capitalize())
        elif known["kind"] == "rate_abc":
            self.choose(f"{known['rating']}: ")
        elif known["kind"] == "paint_it":
            self._paint(known)
        else:
            if known["kind"] == "what_changed":
                self._point(*known["place"])
            self.choose(known["choices"][known["choice"]])
        return str(known["kind"])

    def submit(self) -> None:
        submit = self.card.get_by_role("button", name="Submit", exact=True)
        expect(submit).to_be_enabled(timeout=MILLISECONDS)
        # As long as a hand takes: the page holds a change back until the kernel has taken the one
        # before it, and a click in that moment would overtake it.
        for _ in range(2):
            self.notebook.kernel("pass")
        submit.click()

    def _point(self, row: int, column: int) -> None:
        canvas = self.card.locator(".u3edu-quiz-place canvas")
        canvas.scroll_into_view_if_needed()
        scale = canvas.evaluate("canvas => canvas.getBoundingClientRect().width / canvas.width")
        canvas.click(position={"x": (column + 0.5) * scale, "y": (row + 0.5) * scale})
        expect(self.card.get_by_label("Row", exact=True)).to_have_value(str(row), timeout=MILLISECONDS)

    def _paint(self, known: dict[str, Any]) -> None:
        """One stroke with the brush as it is, from the middle of the tumour to where it is to reach."""
        self.card.locator(".u3edu-element").nth(known["element"]).click(timeout=MILLISECONDS)
        pane = self.card.locator(".u3edu-pane")
        pane.scroll_into_view_if_needed()
        frame = pane.bounding_box()
        assert frame is not None
        scale = frame["width"] / known["columns"]
        places = [
            (frame["x"] + (column + 0.5) * scale, frame["y"] + (row + 0.5) * scale)
            for row, column in known["stroke"]
        ]
        mouse = self.notebook.page.mouse
        mouse.move(*places[0])
        mouse.down()
        mouse.move(*places[1], steps=10)
        mouse.up()


@pytest.mark.parametrize(
    ("name", "questions", "kinds"),
    [
        ("09_real_or_synthetic", 20, {"real_or_synthetic"}),
        ("10_natural_and_true", 12, {"rate_abc"}),
        ("11_stage_find_paint", 6, {"stage_it", "what_changed", "paint_it"}),
    ],
)
def test_a_trainee_takes_the_test_of_a_notebook(
    open_notebook: Callable[[Path], NotebookPage],
    tmp_path: Path,
    pictures: Path,
    name: str,
    questions: int,
    kinds: set[str],
) -> None:
    folder = shutil.copytree(
        NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns("answers", ".ipynb_checkpoints")
    )
    notebook = open_notebook(folder / f"{name}.ipynb")
    notebook.run_all()
    quiz = WorkbookQuiz(notebook, pictures)
    quiz.show()
    quiz.press("Start")
    answers = folder / "answers" / f"{name.replace('_', '-')}.jsonl"
    taken = set()
    for number in range(1, questions + 1):
        quiz.shows(f"question {number} of {questions}")
        if number == questions // 2:
            quiz.reload()
            quiz.shows(f"question {number} of {questions}")
        taken.add(quiz.answer())
        if number in (1, questions):
            quiz.screenshot(f"{name}-{number}-chosen")
        quiz.submit()
        quiz.card.get_by_role("button", name="Finish" if number == questions else "Next question").wait_for(
            timeout=MILLISECONDS
        )
        if number in (1, questions):
            quiz.screenshot(f"{name}-{number}-answered")
        kept = LocalStore(answers).responses(who="you")
        assert len(kept) == number, "kept at once, beside the notebook"
        if number == questions // 2 + 1:
            quiz.lose_the_kernel()
            quiz.shows(f"{number} of {questions} questions are answered and kept.")
            quiz.press("Go on")
        else:
            quiz.press("Finish" if number == questions else "Next question")
    quiz.shows(f"{questions} of {questions} answered, {questions} right")
    quiz.screenshot(f"{name}-finished")
    assert taken == kinds
