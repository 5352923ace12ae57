"""The painter's groups of controls in Chromium: recipes, tissue, limits, view, history, in place."""

from collections.abc import Iterator

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import ROOT
from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.tool_page import CELL, SIZE, ToolPage, element
from tests.widgets.fake_engine import pelvis
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.widgets.layers import overlay_rgba

pytestmark = pytest.mark.browser

TUMOUR, WALL, LUMEN = element("tumour-like"), element("bowel wall"), element("dark fluid")


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolPage]:
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=kernel)
    nbformat.write(notebook, folder / "panels.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1300})
    with LabServer(folder, home, [ROOT]) as server:
        opened = NotebookPage(context.new_page(), server.address("panels.ipynb"))
        opened.open()
        opened.run_all()
        opened.show_painter()
        opened.page.set_default_timeout(60_000)
        yield ToolPage(opened)
        context.close()


@pytest.fixture
def tools(page: ToolPage) -> ToolPage:
    page.start()
    return page


def slide(tools: ToolPage, name: str, value: float) -> None:
    """Set a slider by the number beside it, as a person types it."""
    row = tools.notebook.painter().locator(".widget-slider", has_text=name)
    readout: Locator = row.locator(".widget-readout")
    readout.fill(str(value))
    readout.press("Enter")


def place(tools: ToolPage, x: float, y: float) -> None:
    tools.take("Place")
    tools.notebook.drag((x, y))
    tools.notebook.wait_for_status("^Place marked")


def recipe(tools: ToolPage, name: str) -> None:
    tools.notebook.press("Recipes")
    tools.page.get_by_label("Recipe", exact=True).select_option(name)


def shown(tools: ToolPage, which: str) -> np.ndarray:
    """What a canvas shows once it rests."""
    paint, synthetic = tools.notebook.settle()
    return paint if which == "paint" else synthetic


def expected_left(label_map: LabelMap, opacity: float, **how) -> np.ndarray:
    """Original and overlay as the browser lays one over the other, float [H, W, 3]."""
    grey = pelvis(SIZE).display(pelvis(SIZE).acquisition.windows[0]).astype(float)[..., None]
    overlay = overlay_rgba(label_map, opacity, Box.whole((SIZE, SIZE)), **how).astype(float)
    alpha = overlay[..., 3:] / 255
    return grey * (1 - alpha) + overlay[..., :3] * alpha


def test_rectal_tumour_is_made_at_a_clock_position(tools):
    rows, columns = np.nonzero(tools.base.labels == WALL)
    middle = float(columns.mean()), float(rows.mean())
    place(tools, *middle)
    recipe(tools, "Rectal tumour")
    expect(tools.page.get_by_label("Second element")).to_be_hidden()
    slide(tools, "Clock position", 3)
    slide(tools, "Depth, mm", 4)
    tools.page.get_by_label("Margin").select_option("spiculated")
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("^Rectal tumour, part")
    operations = tools.operations()
    assert operations and {each.element for each in operations if hasattr(each, "element")} == {TUMOUR}
    labels = tools.labels()
    _, painted = np.nonzero((labels == TUMOUR) & (tools.base.labels != TUMOUR))
    assert painted.mean() > middle[0] + 5, "three o'clock is on the right of the picture"


def test_cavity_has_a_wall_of_its_own(tools):
    place(tools, 40, 80)
    recipe(tools, "Cavity")
    tools.page.get_by_label("Element of its wall").select_option(f"{WALL} bowel wall")
    slide(tools, "Wall thickness, mm", 2)
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("^Cavity, part")
    tools.operations()
    labels = tools.labels()
    assert labels[80, 40] == TUMOUR
    assert ((labels == WALL) & (tools.base.labels != WALL)).sum() > 50


@pytest.mark.parametrize("name", ["Nodule", "Ground-glass nodule"])
def test_nodules_lie_round_the_place(tools, name):
    place(tools, 40, 80)
    recipe(tools, name)
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status(f"^{name}, part")
    assert tools.operations()
    changed = np.argwhere(tools.labels() != tools.base.labels)
    np.testing.assert_allclose(changed.mean(axis=0), (80, 40), atol=3)


def test_mucin_fills_the_marked_region_and_nothing_else(tools):
    recipe(tools, "Mucin in the marked region")
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("mark a region first")
    tools.take("Region")
    tools.notebook.drag((20, 60), (60, 60), (60, 110), (20, 110))
    tools.notebook.wait_for_status("^Region of")
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("^Mucin in the marked region, part")
    assert tools.operations()
    rows, columns = np.nonzero(tools.labels() != tools.base.labels)
    assert rows.min() >= 58 and rows.max() <= 111 and columns.min() >= 18 and columns.max() <= 61


def test_tissue_is_cloned_and_blended_at_its_rim(tools):
    tools.take("Region")
    tools.notebook.drag((60, 92), (100, 92), (100, 120), (60, 120))
    tools.notebook.wait_for_status("^Region of")
    tools.notebook.press("Tissue")
    tools.notebook.press("Take the marked region")
    tools.notebook.wait_for_status("^Painting with tissue")
    tools.page.get_by_label("Painted").select_option("as a copy, where you press")
    slide(tools, "Blended rim, px", 5)
    tools.take("Lasso")
    tools.notebook.drag((20, 60), (60, 60), (60, 110), (22, 110))
    (copy,) = tools.operations()
    assert (copy.kind, copy.mode, copy.rim) == ("tissue_polygon", "clone", 5)
    assert copy.offset is not None


def test_kept_elements_stay(tools):
    tools.notebook.press("Limits")
    tools.page.get_by_label("Keep", exact=True).select_option([f"{element('muscle')} muscle"])
    words = tools.notebook.painter().locator(".u3edu-limited")
    expect(words).to_contain_text("muscle")
    tools.notebook.drag((20, 80), (110, 80))
    (stroke,) = tools.operations()
    assert stroke.mask.keep == (element("muscle"),)
    muscle = tools.base.labels == element("muscle")
    assert (tools.labels()[muscle] == element("muscle")).all()
    tools.notebook.press("Paint over everything")


def test_opacity_outlines_and_one_element_alone(tools):
    tools.notebook.press("View")
    slide(tools, "Elements shown", 80)
    shown_at = tools.notebook.settle()[0][..., :3]
    np.testing.assert_allclose(shown_at, expected_left(tools.base, 0.8), atol=3)
    tools.page.get_by_label("Show", exact=True).select_option(f"{element('muscle')} muscle")
    found = tools.notebook.settle()[0][..., :3]
    np.testing.assert_allclose(found, expected_left(tools.base, 0.8, only=element("muscle")), atol=3)
    tools.page.get_by_label("Show", exact=True).select_option("all elements")
    tools.page.get_by_label("Outlines only").check()
    found = tools.notebook.settle()[0][..., :3]
    np.testing.assert_allclose(found, expected_left(tools.base, 0.8, outlines=True), atol=3)
    tools.page.get_by_label("Outlines only").uncheck()
    slide(tools, "Elements shown", 35)
    assert tools.operations() == ()


def test_neighbouring_slice_is_looked_at_and_not_painted(tools):
    tools.notebook.press("View")
    painted = tools.notebook.settle()[0]
    slide(tools, "Look at slice", 1)
    expect(tools.notebook.painter().get_by_text("Slice 1 of 2")).to_be_visible()
    neighbour = tools.notebook.settle()[0][..., 0]
    window = pelvis(SIZE).acquisition.windows[0]
    np.testing.assert_allclose(neighbour, pelvis(SIZE).display(window)[::-1], atol=1)
    tools.notebook.drag((40, 60), (80, 60))
    tools.notebook.wait_for_status("That did not work. this is a neighbouring slice")
    tools.notebook.press("Back to the painted slice")
    np.testing.assert_array_equal(tools.notebook.settle()[0], painted)
    assert tools.operations() == ()


def test_zoom_and_view_move_by_controls(tools):
    tools.notebook.press("View")
    slide(tools, "Zoom", 4)
    tools.notebook.press("Right")
    tools.notebook.press("Down")
    tools.page.wait_for_timeout(400)
    zoom, left, top = tools.state()["view"]
    assert zoom == 4 and left == pytest.approx(0.375 + 0.05) and top == pytest.approx(0.375 + 0.05)
    tools.notebook.press("Left")
    tools.notebook.press("Up")
    tools.page.wait_for_timeout(400)
    assert tools.state()["view"] == pytest.approx([4, 0.375, 0.375])


def test_history_is_jumped_in(tools):
    for row in (40, 60, 80):
        tools.notebook.drag((40, row), (90, row))
        tools.notebook.wait_for_status("^Painted")
    assert len(tools.operations()) == 3
    tools.notebook.press("History")
    tools.page.get_by_label("History", exact=True).select_option(index=1)
    tools.notebook.wait_for_status("pixels changed element")
    tools.page.wait_for_timeout(300)
    assert len(tools.operations()) <= 3
    tools.notebook.press("Undo")


def test_picture_in_place_is_the_original_away_from_the_edit(tools):
    tools.notebook.press("Picture")
    tools.notebook.press("In place")
    tools.notebook.drag((40, 80), (50, 80))
    expect(tools.notebook.status().first).to_contain_text("Painted", timeout=60_000)
    synthetic = tools.notebook.settle()[1][..., 0]
    original = pelvis(SIZE).display(pelvis(SIZE).acquisition.windows[0])
    far = np.ones((SIZE, SIZE), bool)
    far[80 - 5 - 9 : 80 + 5 + 9, 40 - 5 - 9 : 50 + 5 + 9] = False
    np.testing.assert_array_equal(synthetic[far], original[far])
    assert (synthetic != original).any()
    tools.notebook.press("Whole synthesis")
    tools.operations()
