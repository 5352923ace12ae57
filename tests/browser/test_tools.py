"""Every tool of the painter in Chromium, by mouse, finger and keyboard, against the same edit in NumPy."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT
from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.tool_page import CELL, ToolPage, element
from u3edu.editing.polygon import Polygon

pytestmark = pytest.mark.browser

TUMOUR = element("tumour-like")


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolPage]:
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=kernel)
    nbformat.write(notebook, folder / "tools.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1200}, has_touch=True)
    with LabServer(folder, home, [ROOT]) as server:
        opened = NotebookPage(context.new_page(), server.address("tools.ipynb"))
        opened.open()
        opened.run_all()
        opened.show_painter()
        opened.page.set_default_timeout(40_000)
        yield ToolPage(opened)
        context.close()


@pytest.fixture
def tools(page: ToolPage) -> ToolPage:
    page.start()
    return page


def near(points, *expected):
    """(row, column) of the kernel against canvas points (x, y), to a pixel of the screen."""
    assert len(points) >= len(expected)
    np.testing.assert_allclose(
        np.array([points[0], points[-1]]),
        np.array([(y - 0.5, x - 0.5) for x, y in (expected[0], expected[-1])]),
        atol=0.5,
    )


def test_brush_paints_along_the_mouse(tools):
    tools.notebook.drag((40, 60), (80, 70), (90, 100))
    (stroke,) = tools.operations()
    assert (stroke.kind, stroke.element, stroke.diameter) == ("brush_stroke", TUMOUR, 10)
    near(stroke.points, (40, 60), (90, 100))


def test_brackets_change_the_brush_and_ctrl_z_and_y_undo_and_redo(tools):
    tools.notebook.pane().focus()
    for _ in range(3):
        tools.page.keyboard.press("]")
    tools.notebook.drag((40, 60), (80, 70))
    assert tools.operations()[0].diameter == 13
    tools.page.keyboard.press("Control+z")
    assert tools.operations() == ()
    tools.page.keyboard.press("Control+y")
    assert len(tools.operations()) == 1


def test_eraser_brings_the_first_elements_back(tools):
    tools.notebook.drag((40, 60), (90, 60))
    tools.take("Eraser")
    tools.notebook.drag((60, 60), (70, 60))
    assert [each.kind for each in tools.operations()] == ["brush_stroke", "eraser"]


@pytest.mark.parametrize("contiguous", [True, False])
def test_fill_fills_the_area_under_the_pointer(tools, contiguous):
    tools.take("Fill")
    if not contiguous:
        tools.page.get_by_label("Only the connected area").uncheck()
        tools.page.wait_for_timeout(150)
    tools.notebook.drag((80, 50))
    (fill,) = tools.operations()
    assert (fill.kind, fill.element, fill.contiguous) == ("fill", TUMOUR, contiguous)
    np.testing.assert_allclose(fill.seed, (50, 80), atol=1)


def test_pick_up_chooses_the_element_and_takes_the_brush(tools):
    tools.take("Pick up")
    tools.notebook.drag((45, 85))
    tools.notebook.wait_for_status("^Painting with 2 muscle")
    state = tools.state()
    assert (state["element"], state["tool"]) == (element("muscle"), "brush")


def test_polygon_takes_a_corner_back_and_ends_with_enter(tools):
    tools.take("Polygon")
    for x, y in ((60, 60), (100, 60), (20, 20)):
        tools.notebook.drag((x, y))
    tools.page.keyboard.press("Backspace")
    tools.notebook.drag((90, 110))
    tools.page.keyboard.press("Enter")
    (polygon,) = tools.operations()
    assert (polygon.kind, polygon.element, len(polygon.points)) == ("polygon", TUMOUR, 3)
    near(polygon.points, (60, 60), (90, 110))


def test_polygon_is_given_up_with_escape(tools):
    tools.take("Polygon")
    for x, y in ((60, 60), (100, 60), (90, 110)):
        tools.notebook.drag((x, y))
    tools.page.keyboard.press("Escape")
    tools.page.keyboard.press("Enter")
    assert tools.operations() == ()


def test_lasso_fills_what_it_goes_round(tools):
    tools.take("Lasso")
    tools.notebook.drag((60, 60), (100, 60), (100, 100), (62, 100))
    (lasso,) = tools.operations()
    assert lasso.kind == "polygon" and lasso.element == TUMOUR
    near(lasso.points, (60, 60), (62, 100))
    square = Polygon(element=TUMOUR, points=[(60, 60), (60, 100), (100, 100), (100, 60)])
    labels = tools.base.labels
    both = (lasso.covered(labels) & square.covered(labels)).sum()
    assert both > 0.9 * (lasso.covered(labels) | square.covered(labels)).sum()


def test_line_runs_from_press_to_release(tools):
    tools.take("Line")
    tools.notebook.drag((30, 40), (90, 45), (120, 110))
    (line,) = tools.operations()
    assert (line.kind, line.width, len(line.points)) == ("line", 10, 2)
    near(line.points, (30, 40), (120, 110))


def test_ring_lies_in_the_frame_that_is_dragged(tools):
    tools.take("Ring")
    tools.notebook.drag((50, 60), (110, 100))
    (ring,) = tools.operations()
    assert ring.kind == "ring" and ring.thickness == 10
    np.testing.assert_allclose(ring.centre, (79.5, 79.5), atol=0.5)
    np.testing.assert_allclose(ring.radii, (20, 30), atol=0.5)


def test_lesion_grows_a_layer_deeper_and_draws_back(tools):
    tools.notebook.kernel('painter.stroke([(124, 78), (124, 82)], element="tumour-like", diameter=10)')
    tools.take("Deeper")
    tools.notebook.drag((80, 124), (80, 112))
    tools.notebook.wait_for_status("^One layer deeper")
    tools.take("Back")
    tools.notebook.drag((80, 124), (80, 112))
    tools.notebook.wait_for_status("^One layer back")
    operations = tools.operations()
    assert [each.kind for each in operations[1:]] == ["one_layer_deeper", "one_layer_back"]
    np.testing.assert_allclose(operations[1].lumen, (111.5, 79.5), atol=0.5)


def test_region_is_measured_and_grow_keeps_to_it(tools):
    tools.take("Region")
    tools.notebook.drag((40, 40), (120, 40), (120, 100), (40, 100))
    area = float(tools.notebook.wait_for_status(r"^Region of (\d+\.\d) mm²").group(1))
    assert area == pytest.approx(80 * 60 * 0.25, rel=0.05)
    tools.notebook.press("Regions")
    tools.notebook.kernel('painter.choose("muscle")')
    tools.notebook.press("Grow")
    (grow,) = tools.operations()
    assert (grow.kind, grow.element, grow.millimetres) == ("grow", element("muscle"), 1.0)
    near(grow.region, (40, 40), (40, 100))


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        ("Shrink", "shrink"),
        ("Smooth", "smooth"),
        ("Keep largest", "keep_largest"),
        ("Remove small", "remove_small"),
    ],
)
def test_region_buttons_leave_their_operation(tools, button, kind):
    tools.notebook.press("Regions")
    tools.notebook.kernel('painter.choose("bright fat")')
    tools.notebook.press(button)
    assert [each.kind for each in tools.operations()] == [kind]


def test_limits_are_said_in_words_and_hold(tools):
    tools.notebook.press("Limits")
    tools.page.get_by_label("Paint only over").select_option(["2 muscle"])
    tools.page.get_by_label("Only where the original has").check()
    tools.page.get_by_label("to, signal").fill("330")
    tools.page.get_by_label("to, signal").press("Enter")
    words = tools.notebook.painter().locator(".u3edu-limited")
    expect(words).to_contain_text("only over muscle; only where the original has")
    expect(words).to_contain_text("330 signal")
    tools.notebook.drag((20, 80), (70, 80))
    (stroke,) = tools.operations()
    assert stroke.mask.only_over == (element("muscle"),)
    assert stroke.mask.within.high == 330
    tools.notebook.press("Paint over everything")
    words.wait_for(state="detached")


def test_tissue_of_a_marked_region_is_painted_with(tools):
    tools.take("Region")
    tools.notebook.drag((60, 92), (100, 92), (100, 120), (60, 120))
    tools.notebook.wait_for_status("^Region of")
    tools.notebook.press("Tissue")
    tools.notebook.press("Take the marked region")
    tools.notebook.wait_for_status("^Painting with tissue")
    tools.take("Brush")
    tools.notebook.drag((40, 60), (70, 60))
    (stroke,) = tools.operations()
    assert stroke.kind == "tissue_stroke" and stroke.mode == "pattern"
    assert len(stroke.exemplar.elements) > 1


def test_ruler_measures_in_mm_and_paints_nothing(tools):
    tools.take("Ruler")
    tools.notebook.drag((40, 60), (100, 60))
    length = float(tools.notebook.wait_for_status(r"^(\d+\.\d) mm\.").group(1))
    assert length == pytest.approx(30, abs=0.5)
    assert tools.operations() == ()


def test_window_is_turned_by_dragging_and_chosen_by_name(tools):
    tools.notebook.press("View")
    tools.page.get_by_label("Window", exact=True).select_option("full range")
    tools.take("Window")
    tools.notebook.drag((60, 60), (60, 140))
    tools.page.wait_for_timeout(500)
    centre, width = tools.state()["window"]
    assert centre > 600 and width == pytest.approx(1000, rel=0.1)
    tools.page.get_by_label("Window", exact=True).select_option("soft tissue")
    tools.page.wait_for_timeout(200)
    assert tools.state()["window"] == [450, 500]
    tools.page.get_by_label("Window", exact=True).select_option("full range")
    assert tools.operations() == ()


def test_zoomed_in_paint_lies_under_the_pointer(tools):
    tools.notebook.pane().focus()
    x, y = tools.notebook.place(60, 60)
    tools.page.mouse.move(x, y)
    tools.page.mouse.wheel(0, -800)
    tools.page.wait_for_timeout(400)
    assert tools.state()["view"][0] == pytest.approx(4)
    # A browser tells the pointer's place in whole pixels; enlarged four times that is up to three.
    np.testing.assert_allclose(tools.notebook.place(60, 60), (x, y), atol=3)
    tools.notebook.drag((55, 55), (65, 62))
    (stroke,) = tools.operations()
    near(stroke.points, (55, 55), (65, 62))
    np.testing.assert_allclose(np.array(stroke.points[0]), (54.5, 54.5), atol=0.15)


def test_view_moves_with_hand_space_bar_and_keys_on_both_canvases(tools):
    tools.notebook.pane().focus()
    for _ in range(4):
        tools.page.keyboard.press("+")
    tools.page.keyboard.down("Space")
    tools.notebook.drag((80, 80), (70, 80))
    tools.page.keyboard.up("Space")
    tools.take("Move")
    tools.notebook.drag((80, 80), (80, 70))
    tools.notebook.pane().focus()
    tools.page.keyboard.press("ArrowRight")
    tools.page.wait_for_timeout(400)
    zoom, left, top = tools.state()["view"]
    assert zoom == pytest.approx(1.25**4, abs=0.01) and left > 0.3 and top > 0.3
    frames = [
        tools.notebook.painter()
        .locator(f".u3edu-{which}-canvas")
        .evaluate(
            "canvas => { const a = canvas.getBoundingClientRect(), "
            "b = canvas.parentElement.getBoundingClientRect(); return [a.x - b.x, a.y - b.y, a.width]; }"
        )
        for which in ("paint", "synthetic")
    ]
    np.testing.assert_allclose(frames[0], frames[1], atol=1)
    tools.page.keyboard.press("0")
    tools.page.wait_for_timeout(300)
    assert tools.state()["view"] == [1, 0, 0]
    assert tools.operations() == ()


def touch(tools, *fingers_in_time):
    """One event a step: the fingers' canvas places; an empty step lifts them."""
    session = tools.page.context.new_cdp_session(tools.page)
    down = 0
    for fingers in fingers_in_time:
        kind = "touchEnd" if not fingers else "touchStart" if len(fingers) > down else "touchMove"
        points = [
            {"x": x, "y": y, "id": number}
            for number, (x, y) in enumerate(tools.notebook.place(*f) for f in fingers)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        tools.page.wait_for_timeout(40)
        down = len(fingers)


def test_one_finger_paints(tools):
    touch(tools, [(40, 60)], [(60, 60)], [(80, 70)], [])
    (stroke,) = tools.operations()
    near(stroke.points, (40, 60), (80, 70))


def test_second_finger_gives_the_stroke_up_and_zooms(tools):
    touch(
        tools,
        [(60, 60)],
        [(70, 60)],
        [(70, 60), (90, 100)],
        [(60, 50), (100, 110)],
        [(50, 40), (110, 120)],
        [],
    )
    tools.page.wait_for_timeout(300)
    assert tools.state()["view"][0] > 1.3
    assert tools.operations() == ()


def test_stroke_ends_where_the_pointer_leaves(tools):
    tools.notebook.drag((140, 60), (200, 60), (200, 90), (120, 90))
    (stroke,) = tools.operations()
    assert max(column for _, column in stroke.points) < 160
    assert all(abs(row - 59.5) < 1 for row, _ in stroke.points)


def test_whole_edit_without_the_mouse(tools):
    """Tab and keys alone: element, tool, size, place, undo, redo."""
    painter = tools.notebook.painter()

    def reach(locator):
        """Press Tab until the control has the focus."""
        handle = locator.element_handle()
        for _ in range(120):
            if tools.page.evaluate("element => document.activeElement === element", handle):
                return
            tools.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {locator}")

    tools.notebook.pane().focus()
    tools.page.keyboard.press("]")
    reach(painter.get_by_role("button", name="Line"))
    tools.page.keyboard.press("Enter")
    reach(painter.get_by_role("button", name="5 prostate"))
    tools.page.keyboard.press("Enter")
    tools.notebook.wait_for_status("^Painting with 5")
    reach(painter.get_by_role("button", name="By numbers", exact=True))
    tools.page.keyboard.press("Enter")
    reach(painter.get_by_label("Row, column; row, column; …"))
    tools.page.keyboard.type("60, 40; 60, 90")
    reach(painter.get_by_role("button", name="Use Line"))
    tools.page.keyboard.press("Enter")
    tools.notebook.wait_for_status("^Drew a line of 5 prostate")
    (line,) = tools.operations()
    assert (line.kind, line.element, line.width, line.points) == ("line", 5, 11, ((60, 40), (60, 90)))
    tools.page.keyboard.press("Shift+Tab")
    reach(painter.get_by_role("button", name="Read out", exact=True))
    tools.page.keyboard.press("Enter")
    tools.notebook.wait_for_status("^row 60, column 40 · 5 prostate · ")


def test_error_in_a_callback_is_told_and_painting_goes_on(tools):
    tools.notebook.kernel("works = painter.session.do\ndef fail(_): raise RuntimeError('out of paint')\n"
                          "painter.session.do = fail")  # fmt: skip
    tools.notebook.drag((40, 60), (80, 60))
    tools.notebook.wait_for_status("That did not work. out of paint")
    tools.notebook.kernel("painter.session.do = works")
    tools.notebook.drag((40, 60), (80, 60))
    assert len(tools.operations()) == 1
    tools.notebook.wait_for_status("^Painted")


def test_pointer_reads_the_picture_out(tools):
    tools.page.mouse.move(*tools.notebook.place(45.5, 85.5))
    readout = tools.notebook.painter().locator(".u3edu-readout")
    readout.get_by_text("column 45 · 2 muscle").wait_for()


def test_axe_finds_nothing_serious_in_any_group_of_controls(tools, pictures: Path):
    groups = ("View", "Limits", "Regions", "Tissue", "Recipes", "By numbers", "History", "Stages", "Picture")
    for name in groups:
        tools.notebook.press(name)
        tools.page.wait_for_timeout(300)
        found = Axe().run(tools.page, context="[data-test='painter'] .u3edu-painter").response["violations"]
        serious = {each["id"]: [node["html"] for node in each["nodes"]]
                   for each in found if each["impact"] in ("serious", "critical")}  # fmt: skip
        assert not serious, (name, serious)
        tools.notebook.screenshot(pictures / f"painter-{name.lower().replace(' ', '-')}.png")
