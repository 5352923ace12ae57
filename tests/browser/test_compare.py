"""Comparing and the session's panels in JupyterLab: by keyboard alone, and clean for axe."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.appearance import THEMES, WIDTHS, cut_off, serious, shown_in
from tests.browser.notebook_page import NotebookPage

pytestmark = pytest.mark.browser

CELLS = [
    """\
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.editing import BrushStroke
from u3edu.widgets import CompareStages, Painter

painter = Painter(FakeEngine(), pelvis(160))
session, stages = painter.session, painter.stages
stages.save("normal", session.script)
session.do(BrushStroke(element=9, points=[(110, 70)], diameter=12))
stages.save("T1", session.script)
session.do(BrushStroke(element=9, points=[(120, 75), (130, 80)], diameter=16))
stages.save("T2", session.script)
compare = painter.compare()
compare""",
    "CompareStages(painter.engine, session.base, stages, painter.picture, mode='in place')",
    "painter",
]


@pytest.fixture
def notebook(open_notebook: Callable[[Path], NotebookPage], tmp_path: Path) -> NotebookPage:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "compare.ipynb")
    notebook = open_notebook(folder / "compare.ipynb")
    notebook.run_all()
    return notebook


def press_button(page: Page, words: str, cell: int = 0) -> None:
    """Focus a button of a cell's output and press it with the keyboard."""
    # An icon's own letter may stand before the words.
    name = re.compile(f"(^|\\W){words}$")
    button = page.locator(".jp-CodeCell").nth(cell).get_by_role("button", name=name).first
    button.focus()
    page.keyboard.press("Enter")


def shot(page: Page, cell: int, pictures: Path, name: str) -> None:
    """Keep a picture of a cell's output, for people to look at."""
    output = page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea-output").first
    output.scroll_into_view_if_needed()
    pictures.mkdir(exist_ok=True)
    output.screenshot(path=pictures / f"compare-{name}.png")


def check_with_axe(page: Page) -> None:
    """No serious or critical violation in the widgets."""
    found = serious(page, ".jp-OutputArea-output")
    assert not found, found


def test_every_way_to_compare_by_keyboard_alone(notebook: NotebookPage, pictures: Path) -> None:
    page = notebook.page
    pane = page.locator(".u3edu-compare").first
    pane.scroll_into_view_if_needed()
    expect(pane.locator("figure")).to_have_count(3)

    pane.locator(".u3edu-compare-stage").focus()
    for key in ("ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(pane.locator(".u3edu-compare-reading")).to_contain_text(
        "Row 81, column 90: Before", timeout=15_000
    )
    shot(page, 0, pictures, "side-by-side")
    check_with_axe(page)
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('.u3edu-compare')"), "Tab leaves the pane"

    press_button(page, "Swipe")
    slider = pane.get_by_role("slider", name="Swipe")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0 %: After left of the line, Before right of it")
    page.keyboard.press("End")
    clipped = pane.locator("img").nth(1).evaluate("image => image.style.clipPath")
    assert clipped.startswith("inset(0px 0%"), clipped
    shot(page, 0, pictures, "swipe")
    check_with_axe(page)

    press_button(page, "Flicker")
    expect(pane.locator("figcaption")).to_contain_text("Before")
    press_button(page, "Next")
    expect(pane.locator("figcaption")).to_contain_text("After")
    press_button(page, "Play")
    expect(pane.locator("figcaption")).to_contain_text("Before", timeout=5_000)
    expect(pane.locator("figcaption")).to_contain_text("After", timeout=5_000)
    press_button(page, "Pause")
    shot(page, 0, pictures, "flicker")
    check_with_axe(page)

    press_button(page, "Difference")
    expect(pane.locator("figure")).to_have_count(1)
    shot(page, 0, pictures, "difference")
    assert notebook.kernel("print(compare.pane.mode)").strip() == "difference"

    press_button(page, "Figure for slides")
    expect(page.locator("a.u3edu-download").first).to_contain_text("Download figure.png", timeout=20_000)


@pytest.mark.parametrize("theme", THEMES)
def test_every_way_to_compare_is_readable(notebook: NotebookPage, pictures: Path, theme: str) -> None:
    page = notebook.page
    for width in WIDTHS:
        with shown_in(page, theme, width):
            for cell, name in enumerate(("two", "stages")):
                for mode in ("Side by side", "Swipe", "Flicker", "Difference"):
                    press_button(page, mode, cell)
                    page.wait_for_timeout(400)
                    shot(page, cell, pictures, f"{theme}-{width}-{name}-{mode.lower().replace(' ', '-')}")
                    assert not cut_off(page.locator(".u3edu-comparison").nth(cell)), (mode, name, width)
                    if width == WIDTHS[0]:
                        check_with_axe(page)


def expect_printed(notebook: NotebookPage, code: str, expected: str) -> None:
    """Wait until the kernel prints what is expected: it hears of a key a moment after the page."""
    for _ in range(40):
        printed = notebook.kernel(code).strip()
        if printed == expected:
            return
        notebook.page.wait_for_timeout(250)
    assert printed == expected


def test_stages_and_panels_by_keyboard_alone(notebook: NotebookPage, pictures: Path) -> None:
    page = notebook.page
    row = page.locator(".u3edu-compare").nth(1)
    row.scroll_into_view_if_needed()
    expect(row.locator("figure")).to_have_count(5)
    shot(page, 1, pictures, "stages")
    press_button(page, "Swipe", cell=1)
    expect(row.locator("figure")).to_have_count(1)

    notebook.show_painter()
    press_button(page, "History", cell=2)
    history = page.get_by_label("History")
    history.scroll_into_view_if_needed()
    expect(history.locator("option")).to_have_count(3)
    history.focus()
    page.keyboard.press("ArrowUp")
    expect_printed(notebook, "print(session.history.position)", "1")
    shot(page, 2, pictures, "history")
    press_button(page, "Stages", cell=2)
    stage = page.get_by_label("Stage", exact=True)
    stage.focus()
    page.keyboard.type("T1 again")
    press_button(page, "Save", cell=2)
    saved = page.get_by_label("Saved stages")
    expect(saved.locator("option")).to_have_count(4, timeout=15_000)
    saved.focus()
    page.keyboard.press("ArrowUp")
    expect(saved.locator("option:checked")).to_contain_text("T2")
    press_button(page, "Go to", cell=2)
    expect(page.get_by_text("This is stage T2.")).to_be_visible(timeout=15_000)
    expect_printed(notebook, "print(len(session.script))", "2")
    shot(page, 2, pictures, "stages-panel")
    check_with_axe(page)
    press_button(page, "History", cell=2)
    press_button(page, "Export edit", cell=2)
    link = page.locator("a.u3edu-download").last
    expect(link).to_contain_text("edit.json (2 steps)", timeout=15_000)
    with page.expect_download() as download:
        link.focus()
        page.keyboard.press("Enter")
    content = Path(download.value.path()).read_text()
    assert content == notebook.kernel("print(session.script.to_json(), end='')")
    # The page's own button opens the browser's dialogue for files.
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Import edit")).click()
    chooser.value.set_files(
        {"name": "mine.json", "mimeType": "application/json", "buffer": b'{"version": 1, "operations": []}'}
    )
    expect(page.get_by_text("mine.json was imported: 0 steps")).to_be_visible(timeout=15_000)
    check_with_axe(page)
    press_button(page, "Picture", cell=2)
    press_button(page, "In place", cell=2)
    expect(page.get_by_text("The original outside the edit to the last bit")).to_be_visible(timeout=15_000)
    expect_printed(notebook, "print(session.mode)", "in place")
    shot(page, 2, pictures, "mode")
    check_with_axe(page)
