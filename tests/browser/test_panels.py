"""The painter's groups of controls in Chromium: recipes, tissue, limits, view, history, in place."""

import numpy as np
import pytest
from playwright.sync_api import Locator, expect
from scipy import ndimage

from tests.browser.tool_page import SIZE, ToolPage, element, take_tissue
from tests.widgets.fake_engine import pelvis
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.editing.recipes import Nodule, PleuralTag
from u3edu.editing.recipes.pleural_tag import nearest_pleura
from u3edu.editing.script import EditScript
from u3edu.widgets.layers import overlay_rgba

pytestmark = pytest.mark.browser

TUMOUR, WALL, LUMEN = element("tumour-like"), element("bowel wall"), element("dark fluid")


def slide(tools: ToolPage, name: str, value: float) -> None:
    """Set a slider by the number beside it, as a person types it."""
    row = tools.notebook.painter().locator(".widget-slider", has_text=name)
    readout: Locator = row.locator(".widget-readout")
    readout.fill(str(value))
    readout.press("Enter")
    tools.wait_until_held(name, value)


def place(tools: ToolPage, x: float, y: float) -> None:
    tools.take("Place")
    tools.notebook.drag((x, y))
    tools.notebook.wait_for_status("^Place marked")


def marked(x: float, y: float) -> tuple[float, float]:
    """(row, column) of a place on the canvas."""
    return y - 0.5, x - 0.5


def same_outlines(made, expected) -> None:
    """The page's operations against those of the recipe in NumPy, to a pixel of the screen."""
    assert [(each.kind, each.element) for each in made] == [(each.kind, each.element) for each in expected]
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(one.points, other.points, atol=0.6)


def recipe(tools: ToolPage, name: str) -> None:
    tools.notebook.press("Recipes")
    tools.pick("Recipe", name)


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
    tools.pick("Margin", "spiculated")
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
    tools.pick("Element of its wall", f"{WALL} bowel wall")
    slide(tools, "Wall thickness, mm", 2)
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("^Cavity, part")
    tools.operations()
    labels = tools.labels()
    assert labels[80, 40] == TUMOUR
    assert ((labels == WALL) & (tools.base.labels != WALL)).sum() > 50


def test_nodule_has_the_margin_that_was_chosen(tools):
    shapes = {}
    for margin in ("smooth", "lobulated", "spiculated"):
        tools.start()
        place(tools, 40, 80)
        recipe(tools, "Nodule")
        slide(tools, "Diameter, mm", 14)
        tools.pick("Margin", margin)
        tools.notebook.press("Make it")
        tools.notebook.wait_for_status("^Nodule, part")
        expected = Nodule(diameter=14, margin=margin).operations(tools.base, marked(40, 80), TUMOUR)
        same_outlines(tools.operations(), expected)
        shapes[margin] = tools.labels() != tools.base.labels
    outlines = {name: (shape & ~ndimage.binary_erosion(shape)).sum() for name, shape in shapes.items()}
    assert outlines["spiculated"] > 1.5 * max(outlines["smooth"], outlines["lobulated"])


def test_pleural_tag_runs_from_the_place_to_the_edge_of_the_lung(tools):
    lung = element("fat")  # the widest oval stands in for a lung; what it surrounds counts as lung
    place(tools, 14, 70)
    recipe(tools, "Pleural tag")
    tools.pick("Element of the lung", f"{lung} fat")
    slide(tools, "Width, mm", 3)
    tools.notebook.press("Make it")
    tools.notebook.wait_for_status("^Pleural tag, part")
    start = marked(14, 70)
    end = nearest_pleura(tools.base, start, (lung,))
    same_outlines(tools.operations(), PleuralTag(width=3).operations(tools.base, start, end, TUMOUR))
    painted = np.argwhere(tools.labels() != tools.base.labels)
    for point in (start, end):
        assert np.hypot(*(painted - point).T).min() < 1.5


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
    take_tissue(tools)
    tools.pick("Painted", "as a copy, where you press")
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
    slide(tools, "Elements shown, %", 80)
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
    slide(tools, "Elements shown, %", 35)
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


def three_strokes(tools: ToolPage) -> tuple:
    """Paint three strokes of different elements, one over the other; their operations."""
    for number, row in zip((TUMOUR, WALL, LUMEN), (60, 64, 68), strict=True):
        tools.notebook.choose(number)
        tools.notebook.wait_for_status(f"^Painting with {number} ")
        tools.notebook.drag((40, row), (90, row))
        tools.notebook.wait_for_status("^Painted")
    operations = tools.operations()
    assert [each.element for each in operations] == [TUMOUR, WALL, LUMEN]
    return operations


def test_history_list_jumps_back_and_forth_to_what_the_script_gives_in_numpy(tools):
    tools.notebook.press("History")
    history = tools.page.get_by_label("History", exact=True)
    before = 1 + int(tools.notebook.kernel("print(len(painter.session.history.steps))"))
    expect(history.locator("option")).to_have_count(before)
    operations = three_strokes(tools)
    expect(history.locator("option")).to_have_count(before + 3)
    for steps in (1, 3, 0, 2, 3):
        history.select_option(index=before - 1 + steps)
        tools.wait_for_steps(steps)
        assert tools.operations() == operations[:steps]
        by_numpy = EditScript(operations=operations[:steps]).apply(tools.base)[0].labels
        np.testing.assert_array_equal(tools.labels(), by_numpy)
        expect(history.locator("option")).to_have_count(before + 3)


def test_stage_is_gone_back_to(tools):
    operations = three_strokes(tools)
    tools.notebook.press("Stages")
    tools.page.get_by_label("Stage", exact=True).fill("T2")
    tools.notebook.press("Save")
    expect(tools.notebook.painter().get_by_text("Stage T2 saved")).to_be_visible()
    stage = tools.labels()
    tools.notebook.drag((40, 30), (90, 30))
    tools.wait_for_steps(4)
    assert (tools.labels() != stage).any()
    tools.notebook.press("Go to")
    tools.wait_for_steps(3)
    assert tools.operations() == operations
    np.testing.assert_array_equal(tools.labels(), stage)


def test_edit_that_was_exported_is_imported_again(tools, tmp_path):
    operations = three_strokes(tools)
    tools.notebook.press("History")
    tools.notebook.press("Export edit")
    link = tools.notebook.painter().locator("a.u3edu-download")
    expect(link).to_contain_text("edit.json (3 steps)")
    with tools.page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "edit.json")
    tools.start()
    with tools.page.expect_file_chooser() as chooser:
        tools.notebook.painter().get_by_role("button", name="Import edit").click()
    chooser.value.set_files(tmp_path / "edit.json")
    tools.wait_for_steps(3)
    assert tools.operations() == operations


def test_picture_in_place_is_the_original_away_from_the_edit(tools):
    tools.notebook.press("Picture")
    tools.notebook.press("In place")
    tools.notebook.drag((40, 80), (50, 80))
    expect(tools.notebook.status()).to_contain_text("Painted", timeout=60_000)
    synthetic = tools.notebook.settle()[1][..., 0]
    original = pelvis(SIZE).display(pelvis(SIZE).acquisition.windows[0])
    far = np.ones((SIZE, SIZE), bool)
    far[80 - 5 - 9 : 80 + 5 + 9, 40 - 5 - 9 : 50 + 5 + 9] = False
    np.testing.assert_array_equal(synthetic[far], original[far])
    assert (synthetic != original).any()
    tools.notebook.press("Whole synthesis")
    tools.operations()
