"""Painting in JupyterLab in the workbook's own notebook, with the model that ships."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.notebook_page import NotebookPage
from tests.browser.painting import check_painting

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_notebook_02_paints_undoes_and_survives_a_reload(
    open_notebook: Callable[[Path], NotebookPage], tmp_path: Path, pictures: Path
) -> None:
    copy = shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    notebook = open_notebook(copy / "02_paint_an_edit.ipynb")
    notebook.run_all()
    notebook.show_painter()
    check_painting(notebook, pictures, "02_paint_an_edit")
