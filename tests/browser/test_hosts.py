"""The painter in every page that shows notebooks, on a server with a prefix as a hub gives it."""

import base64
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import PAINT, RUN_MILLISECONDS, SYNTHETIC
from tests.browser.tool_page import CELL, ROOT

pytestmark = pytest.mark.browser

# Voila runs the notebook by itself; the others are asked to.
PLACES = {
    "JupyterLab": "lab/tree/painter.ipynb",
    "Notebook": "notebooks/painter.ipynb",
    "Voila": "voila/render/painter.ipynb",
}


def write_notebook(folder: Path) -> Path:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=kernel)
    nbformat.write(notebook, folder / "painter.ipynb")
    return folder / "painter.ipynb"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    write_notebook(folder)
    with LabServer(folder, home, [ROOT], base_url="/user/ada/") as server:
        yield server


def run(page: Page) -> None:
    """Run all cells, as the menu does, once there is a kernel."""
    page.wait_for_function(
        """() => {
            const context = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
            return context?.isReady && context.session?.kernel?.status === 'idle';
        }""",
        timeout=RUN_MILLISECONDS,
    )
    page.evaluate("() => window.jupyterapp.commands.execute('runmenu:run-all')")


def pixels(painter: Locator, which: str) -> np.ndarray:
    url = painter.locator(which).evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))


def drawn(painter: Locator, which: str) -> np.ndarray:
    """What a canvas shows once all of it has been drawn."""
    for _ in range(200):
        shown = pixels(painter, which)
        if shown[..., 3].all() and shown[..., :3].any():
            return shown
        painter.page.wait_for_timeout(200)
    raise AssertionError(f"{which} was not drawn")


@pytest.mark.parametrize("place", PLACES)
def test_a_stroke_is_painted_and_undone(
    browser: Browser, server: LabServer, pictures: Path, place: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{server.url}/{PLACES[place]}", timeout=120_000)
    if place != "Voila":
        run(page)
    painter = page.locator(".u3edu-painter").first
    painter.wait_for(timeout=RUN_MILLISECONDS)
    painter.scroll_into_view_if_needed()
    before = drawn(painter, PAINT), drawn(painter, SYNTHETIC)
    painter.get_by_role("button", name="tumour-like").click()
    expect(painter.locator(".u3edu-status")).to_contain_text("Painting with 4", timeout=30_000)
    frame = painter.locator(".u3edu-pane").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + frame["width"] * 0.4, frame["y"] + frame["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.6, frame["y"] + frame["height"] * 0.5, steps=6)
    page.mouse.up()
    status = painter.locator(".u3edu-status")
    expect(status).to_have_text(re.compile("^Painted 4 .* synthetic picture changed"), timeout=30_000)
    pictures.mkdir(exist_ok=True)
    page.screenshot(path=pictures / f"host-{place.lower()}.png")
    for earlier, which in zip(before, (PAINT, SYNTHETIC), strict=True):
        assert (pixels(painter, which) != earlier).any(), which
    painter.get_by_role("button", name=re.compile(r"\W*Undo$")).click()
    expect(status).to_have_text(re.compile("^Undone: .* synthetic picture changed"), timeout=30_000)
    page.wait_for_timeout(500)
    for earlier, which in zip(before, (PAINT, SYNTHETIC), strict=True):
        np.testing.assert_array_equal(pixels(painter, which), earlier)
    page.close()


def test_where_no_widgets_run_a_still_picture_is_shown(browser: Browser, tmp_path: Path) -> None:
    """What nbconvert makes of the notebook, opened without scripts.

    JupyterLab saves no state of widgets unless it is told to; nor does this.
    """
    notebook = write_notebook(tmp_path)
    execute = ["--execute", "--ExecutePreprocessor.store_widget_state=False"]
    convert = ["-m", "nbconvert", *execute, "--to", "html", str(notebook)]
    subprocess.run([sys.executable, *convert], check=True, capture_output=True, cwd=ROOT, timeout=240)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "painter.html").as_uri())
    still = page.locator("img[src^='data:image/png']")
    expect(still).to_have_count(1)
    source = str(still.get_attribute("src"))
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))
    rows, columns = shown.shape[:2]
    assert columns > 2 * rows, "original and synthetic picture beside each other"
    assert still.bounding_box(), "it is visible"
    context.close()
