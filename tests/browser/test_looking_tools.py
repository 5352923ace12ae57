"""The painter's tools to look and measure with, and painting by finger and by keyboard alone, in Chromium."""

import numpy as np
import pytest

from tests.browser.tool_page import near

pytestmark = pytest.mark.browser


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


def test_what_was_typed_comes_before_the_button_however_busy_the_kernel(tools):
    tools.notebook.press("Line")
    tools.notebook.press("By numbers")
    coordinates = tools.page.get_by_label("Row, column; row, column; …")
    coordinates.fill("")
    tools.notebook.keep_busy(2)
    tools.page.keyboard.type("60, 40; 60, 90")
    tools.notebook.press("Use Line")
    tools.notebook.wait_for_status("^Drew a line")
    (line,) = tools.operations()
    assert line.points == ((60, 40), (60, 90))


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
