"""The painter's tools that paint, in Chromium, against the same edit in NumPy."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.tool_page import element, near, take_tissue
from u3edu.editing.polygon import Polygon

pytestmark = pytest.mark.browser

TUMOUR = element("tumour-like")


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


def test_reset_takes_the_whole_edit_back_and_can_be_undone(tools):
    for row in (60, 90):
        tools.notebook.drag((40, row), (80, row))
        tools.notebook.wait_for_status("^Painted")
    painted = tools.labels()
    tools.notebook.press("Reset")
    tools.notebook.wait_for_status("^Reset: ")
    assert tools.operations() == ()
    np.testing.assert_array_equal(tools.labels(), tools.base.labels)
    tools.notebook.press("Undo")
    tools.notebook.wait_for_status("^Undone: ")
    assert len(tools.operations()) == 2
    np.testing.assert_array_equal(tools.labels(), painted)


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


@pytest.mark.parametrize("end", ["double click", "first corner"])
def test_polygon_ends_without_the_keyboard(tools, end):
    tools.take("Polygon")
    corners = ((60, 60), (100, 60), (90, 110))
    for corner in corners[:-1]:
        tools.notebook.drag(corner)
    if end == "double click":
        tools.page.mouse.dblclick(*tools.notebook.place(*corners[-1]))
    else:
        tools.notebook.drag(corners[-1])
        tools.notebook.drag(corners[0])
    (polygon,) = tools.operations()
    assert (polygon.kind, len(polygon.points)) == ("polygon", 3)
    near(polygon.points, corners[0], corners[-1])


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


def test_exemplar_of_the_list_is_painted_with_by_name(tools):
    tools.notebook.press("Tissue")
    tools.page.get_by_label("Paint with a tissue instead of one element").check()
    tools.wait_until_held("Paint with a tissue instead of one element", True)
    tools.pick("Tissue", "chequers")
    expect(tools.notebook.painter().get_by_text("made for a test")).to_be_visible()
    tools.notebook.drag((20, 60), (60, 60))
    tools.wait_for_steps(1)
    (stroke,) = tools.operations()
    assert (stroke.kind, stroke.exemplar.name) == ("tissue_stroke", "chequers")
    changed = tools.labels()[tools.labels() != tools.base.labels]
    assert set(np.unique(changed)) == {2, 3}


def test_tissue_of_a_marked_region_is_painted_with(tools):
    take_tissue(tools)
    tools.take("Brush")
    tools.notebook.drag((40, 60), (70, 60))
    (stroke,) = tools.operations()
    assert stroke.kind == "tissue_stroke" and stroke.mode == "pattern"
    assert len(stroke.exemplar.elements) > 1


def test_tissue_fills_an_area_and_a_polygon_in_the_pattern_of_the_chosen_number(tools):
    take_tissue(tools)
    number = tools.page.get_by_label("Pattern number")
    number.fill("7")
    number.press("Enter")
    tools.wait_until_held("Pattern number", 7)
    tools.take("Fill")
    tools.notebook.drag((30, 85))
    tools.wait_for_steps(1)
    tools.take("Polygon")
    for corner in ((60, 20), (100, 20), (80, 60)):
        tools.notebook.drag(corner)
    tools.page.keyboard.press("Enter")
    tools.wait_for_steps(2)
    operations = tools.operations()
    assert [each.kind for each in operations] == ["tissue_fill", "tissue_polygon"]
    assert {each.pattern_seed for each in operations} == {7}
    assert len(np.unique(tools.labels()[tools.base.labels == element("muscle")])) > 2
    number.fill("0")
    number.press("Enter")
