"""A kernel that is killed in the middle of an edit: reload, run, and the edit is back."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import NotebookPage

pytestmark = pytest.mark.browser

CELL = """\
import os
os.environ["XDG_DATA_HOME"] = {folder!r}
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.widgets import Painter

painter = Painter(FakeEngine(), pelvis(160), diameter=10, autosave="lesson 1")
painter.choose("bright fluid")
painter"""
STATE = "print([painter.script.to_json(), int(painter.label_map.labels.astype('uint64').sum())])"


def test_killed_kernel_loses_nothing_but_the_stroke_in_hand(
    open_notebook: Callable[[Path], NotebookPage], tmp_path: Path, pictures: Path
) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(CELL.format(folder=str(tmp_path / "data")))]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "lesson.ipynb")
    notebook = open_notebook(folder / "lesson.ipynb")
    notebook.run_all()
    notebook.show_painter()
    for row in (40, 80, 120):
        notebook.drag((40, row), (90, row))
    notebook.settle()
    before = notebook.kernel(STATE)
    assert json.loads(before.replace("'", "")[1:].rsplit(",", 1)[0])["operations"], "the strokes were made"

    notebook.save()
    # Leave the page without being asked, whatever the notebook thinks is unsaved.
    notebook.page.on("dialog", lambda dialog: dialog.accept())
    # The next stroke is in hand when the kernel dies.
    start, end = notebook.place(40, 140), notebook.place(90, 140)
    notebook.page.mouse.move(*start)
    notebook.page.mouse.down()
    notebook.page.mouse.move(*end, steps=4)
    os.kill(int(notebook.kernel("import os; print(os.getpid())")), signal.SIGKILL)
    notebook.page.wait_for_timeout(1000)
    notebook.reload()
    notebook.run_all()
    notebook.show_painter()
    assert notebook.kernel(STATE) == before
    expect(notebook.painter().get_by_text("Restored 3 edits from")).to_be_visible()
    notebook.painter().screenshot(path=pictures / "recovery.png")
