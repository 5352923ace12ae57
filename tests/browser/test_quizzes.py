"""A trainee takes every kind of question in JupyterLab, reloads in the middle, and finishes."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import NotebookPage
from tests.browser.quiz_page import MILLISECONDS, QuizPage
from tests.quiz.phantom_quiz import TUMOUR, phantom_quiz, tip, tumours
from u3edu.quiz.answer_book import write_answer_book
from u3edu.quiz.quiz import write_quiz
from u3edu.quiz.store import LocalStore

pytestmark = pytest.mark.browser

CELL = """\
from tests.widgets.fake_engine import FakeEngine
from u3edu.quiz.answer_book import read_answer_book
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import read_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore
from u3edu.widgets.quiz_card import QuizCard

quiz, book = read_quiz("quiz"), read_answer_book("../keys")
card = QuizCard(QuizSession(quiz, "ada", LocalStore("answers.jsonl"), BookMarker(quiz, book)), FakeEngine())
card"""


def test_every_kind_of_question_is_taken_with_reloads_in_the_middle(
    open_notebook: Callable[[Path], NotebookPage], tmp_path: Path, pictures: Path
) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_markdown_cell("# Quiz"), nbformat.v4.new_code_cell(CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "quiz.ipynb")
    quiz, book = phantom_quiz()
    write_quiz(quiz, folder / "quiz")
    write_answer_book(book, tmp_path / "keys")
    notebook = open_notebook(folder / "quiz.ipynb")
    notebook.run_all()
    page = QuizPage(notebook, pictures)
    page.press("Start")
    for number, item in enumerate(quiz.items, start=1):
        page.shows(f"question {number} of 5")
        submit = page.card.get_by_role("button", name="Submit", exact=True)
        expect(submit).to_be_disabled(timeout=MILLISECONDS)
        page.reload()
        page.shows(f"question {number} of 5")
        page.screenshot(f"{item.kind}-asked")
        ANSWER[item.kind](page)
        page.screenshot(f"{item.kind}-chosen")
        page.press("Submit")
        expect(page.card.get_by_role("status").filter(has_text="ight.")).to_be_visible(timeout=MILLISECONDS)
        page.screenshot(f"{item.kind}-answered")
        kept = LocalStore(folder / "answers.jsonl").responses(quiz.id, "ada")
        assert [one.item for one in kept] == [one.id for one in quiz.items[:number]], "kept at once"
        page.press("Finish" if number == 5 else "Next question")
    page.shows("5 of 5 answered, 5 right")
    page.screenshot("finished")
    page.reload()
    page.shows("5 of 5 answered, 5 right")


def point_at_the_change(page: QuizPage) -> None:
    row, column = tip()
    canvas = page.card.locator(".u3edu-quiz-place canvas")
    canvas.scroll_into_view_if_needed()
    scale = canvas.evaluate("canvas => canvas.getBoundingClientRect().width / canvas.width")
    canvas.click(position={"x": (column + 0.5) * scale, "y": (row + 0.5) * scale})
    expect(page.card.get_by_label("Row", exact=True)).to_have_value(str(row), timeout=MILLISECONDS)
    page.choose("The tumour grew deeper")


def paint_with_the_mouse(page: QuizPage) -> None:
    """Drag the brush, 8 pixels wide, from the middle of the tumour to where it is to be in the fat."""
    before, _ = tumours()
    start, end = np.argwhere(before.lesion).mean(axis=0), tip()
    page.card.locator(".u3edu-element").nth(TUMOUR).click(timeout=MILLISECONDS)
    pane = page.card.locator(".u3edu-pane")
    pane.scroll_into_view_if_needed()
    frame = pane.bounding_box()
    assert frame is not None
    scale = frame["width"] / before.picture.shape[1]
    places = [
        (frame["x"] + (column + 0.5) * scale, frame["y"] + (row + 0.5) * scale)
        for row, column in (start, end)
    ]
    mouse = page.notebook.page.mouse
    mouse.move(*places[0])
    mouse.down()
    mouse.move(*places[1], steps=10)
    mouse.up()
    submit = page.card.get_by_role("button", name="Submit", exact=True)
    expect(submit).to_be_enabled(timeout=MILLISECONDS)


ANSWER: dict[str, Callable[[QuizPage], None]] = {
    "real_or_synthetic": lambda page: page.choose("Synthetic"),
    "rate_abc": lambda page: page.choose("B: natural, but the caption does not fit"),
    "stage_it": lambda page: page.choose("T2"),
    "what_changed": point_at_the_change,
    "paint_it": paint_with_the_mouse,
}
