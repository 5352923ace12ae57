"""Painting in JupyterLab with the small engine of the widget tests."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.browser.notebook_page import NotebookPage
from tests.browser.painting import check_painting

pytestmark = pytest.mark.browser

CELL = """\
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.widgets import Painter

painter = Painter(FakeEngine(), pelvis(160), diameter=10)
painter"""


def test_stroke_undo_redo_and_reload(
    open_notebook: Callable[[Path], NotebookPage], tmp_path: Path, pictures: Path
) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [nbformat.v4.new_markdown_cell("# Paint"), nbformat.v4.new_code_cell(CELL)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "small.ipynb")
    notebook = open_notebook(folder / "small.ipynb")
    notebook.run_all()
    notebook.show_painter()
    check_painting(notebook, pictures, "small")
