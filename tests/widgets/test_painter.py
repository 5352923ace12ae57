"""The painter: mouse, keys and controls do what its Python methods do, and the screen follows."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.editing import Box, InvalidEdit
from u3edu.widgets import Painter
from u3edu.widgets.layers import overlay_rgba


@pytest.fixture
def painter(screen, engine, picture):
    return Painter(engine, picture, diameter=6)


def send(canvas, event, **content):
    """What the browser sends when something happens on a canvas."""
    top = canvas[2] if hasattr(canvas, "_canvases") else canvas
    top._handle_frontend_event(None, {"event": event, **content}, [])


def drag(painter, *points):
    canvas = painter._layers.canvas
    send(canvas, "mouse_down", x=points[0][0], y=points[0][1])
    for x, y in points[1:]:
        send(canvas, "mouse_move", x=x, y=y)
    send(canvas, "mouse_up", x=points[-1][0], y=points[-1][1])


def assert_screen_shows_state(painter, screen):
    """Both canvases are what the state says, with the brush layer empty."""
    window = painter._controls.window.value
    layers = painter._layers.canvas
    np.testing.assert_array_equal(screen.show(layers[0])[..., 0], painter.picture.display(window))
    box = Box.whole(painter.picture.shape)
    expected = overlay_rgba(painter.label_map, painter._controls.opacity.value, box)
    np.testing.assert_array_equal(screen.show(layers[1]), expected)
    assert not screen.show(layers[2]).any()
    np.testing.assert_array_equal(
        screen.show(painter._view.canvas)[..., 0], painter.synthetic.display(window)
    )


def test_new_painter_shows_the_picture_its_elements_and_the_synthetic_picture(painter, screen):
    assert_screen_shows_state(painter, screen)


def test_mouse_stroke_is_the_same_as_the_stroke_in_python(painter, screen, engine, picture):
    painter.choose("tumour-like")
    drag(painter, (20.5, 30.5), (25.5, 30.5), (40.5, 36.5))
    other = Painter(engine, picture, diameter=6)
    other.stroke([(30, 20), (30, 25), (36, 40)], element=4)
    assert painter.script == other.script
    np.testing.assert_array_equal(painter.label_map.labels, other.label_map.labels)
    assert painter.label_map.labels[30, 22] == 4
    assert_screen_shows_state(painter, screen)


def test_stroke_changes_the_synthetic_picture_in_its_box_and_nowhere_beyond_the_halo(painter, screen):
    before = screen.show(painter._view.canvas).copy()
    painter.stroke([(30, 20), (36, 40)], element="bright fluid", diameter=6)
    changed = (screen.show(painter._view.canvas) != before).any(axis=-1)
    box = Box.around(painter.edited)
    assert changed[box.slices].any()
    changed[box.grow(painter.engine.halo).slices] = False
    assert not changed.any()


def test_after_a_stroke_only_the_changed_boxes_are_sent(painter, screen):
    start = len(screen.messages)
    painter.stroke([(30, 20)], element="bright fluid", diameter=2)
    puts = [name for message in screen.messages[start:] for name in message if name == "putImageData"]
    assert len(puts) == 2
    assert sum(screen.message_bytes[start:]) < 1500


def test_undo_and_redo_buttons_bring_the_screen_back_exactly(painter, screen):
    first = screen.show(painter._view.canvas).copy()
    painter.stroke([(30, 20), (36, 40)], element="bright fluid")
    second = screen.show(painter._view.canvas).copy()
    painter._controls.undo.click()
    np.testing.assert_array_equal(screen.show(painter._view.canvas), first)
    assert_screen_shows_state(painter, screen)
    painter._controls.redo.click()
    np.testing.assert_array_equal(screen.show(painter._view.canvas), second)
    painter._controls.reset.click()
    np.testing.assert_array_equal(screen.show(painter._view.canvas), first)
    assert_screen_shows_state(painter, screen)
    painter._controls.undo.click()
    np.testing.assert_array_equal(screen.show(painter._view.canvas), second)


def test_page_reload_shows_the_edit_again(painter, screen):
    painter.stroke([(30, 20), (36, 40)], element="bright fluid")
    screen.reload()
    send(painter._layers.canvas, "client_ready")
    assert_screen_shows_state(painter, screen)
    screen.reload()
    send(painter._view.canvas, "client_ready")
    assert_screen_shows_state(painter, screen)


def test_leaving_the_canvas_ends_the_stroke_and_a_second_stroke_starts_fresh(painter):
    canvas = painter._layers.canvas
    painter.choose("bright fluid")
    send(canvas, "mouse_down", x=50, y=30)
    send(canvas, "mouse_move", x=63, y=30)
    send(canvas, "mouse_out", x=64, y=30)
    assert len(painter.script) == 1
    send(canvas, "mouse_move", x=10, y=50)
    send(canvas, "mouse_up", x=10, y=50)
    assert len(painter.script) == 1
    assert painter.label_map.labels[50, 10] != 9


def test_one_finger_paints_and_a_second_finger_gives_the_stroke_up(painter, screen):
    canvas = painter._layers.canvas
    painter.choose("bright fluid")
    send(canvas, "touch_start", touches=[{"x": 20, "y": 30}])
    send(canvas, "touch_move", touches=[{"x": 30, "y": 30}])
    send(canvas, "touch_end", touches=[])
    assert len(painter.script) == 1
    send(canvas, "touch_start", touches=[{"x": 20, "y": 10}])
    send(canvas, "touch_start", touches=[{"x": 20, "y": 10}, {"x": 40, "y": 10}])
    send(canvas, "touch_move", touches=[{"x": 30, "y": 10}, {"x": 40, "y": 12}])
    send(canvas, "touch_end", touches=[])
    assert len(painter.script) == 1
    assert_screen_shows_state(painter, screen)


def test_many_moves_cost_few_bytes_and_lose_no_point(painter, screen):
    canvas = painter._layers.canvas
    painter.choose("bright fluid")
    send(canvas, "mouse_down", x=5, y=30)
    start = len(screen.messages)
    for x in np.linspace(5, 60, 500):
        send(canvas, "mouse_move", x=float(x), y=30.0)
    assert len(screen.messages) - start < 100
    assert sum(screen.message_bytes[start:]) < 50_000
    send(canvas, "mouse_up", x=60, y=30)
    assert len(painter.script.operations[0].points) == 501
    assert (painter.label_map.labels[30, 5:60] == 9).all()


def test_fill_tool_fills_where_it_is_pressed(painter, screen):
    painter.choose("dark fluid")
    painter._controls.tool.value = "fill"
    drag(painter, (1.5, 1.5), (9, 9))
    assert painter.script.operations[0].kind == "fill"
    assert painter.label_map.labels[0, 0] == 1
    assert len(painter.script) == 1
    assert_screen_shows_state(painter, screen)


def test_pick_up_chooses_the_element_under_the_pointer_and_takes_the_brush_again(painter):
    painter.choose("fat")
    painter._controls.tool.value = "pick"
    drag(painter, (1.5, 1.5))
    assert painter.element == painter.label_map.labels[1, 1] == 0
    assert painter._controls.tool.value == "brush"
    assert len(painter.script) == 0


def test_palette_button_chooses_and_marks_by_more_than_colour(painter):
    painter._palette._buttons[4].click()
    assert painter.element == 4
    assert [button.icon for button in painter._palette._buttons].index("check") == 4
    assert painter._palette._buttons[4].description == "4  tumour-like"


def test_keys_do_what_the_controls_do(painter):
    canvas = painter._layers.canvas
    key = {"shift_key": False, "ctrl_key": False, "meta_key": False}
    send(canvas, "key_down", **{**key, "key": "]"})
    assert painter._controls.diameter.value == 7
    for _ in range(9):
        send(canvas, "key_down", **{**key, "key": "["})
    assert painter._controls.diameter.value == 1
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    send(canvas, "key_down", **{**key, "key": "z", "ctrl_key": True})
    assert not painter.edited.any()
    send(canvas, "key_down", **{**key, "key": "y", "ctrl_key": True})
    assert painter.edited.any()


def test_brush_size_is_shown_in_mm(screen, engine):
    painter = Painter(engine, pelvis(), diameter=8)
    assert painter._controls.size.value == "8 px = 4.0 mm"


def test_error_in_a_callback_is_told_and_the_canvas_works_on(painter, screen, engine):
    works = engine.resynthesize

    def fail(*_):
        raise RuntimeError("the <engine> is gone")

    engine.resynthesize = fail
    painter.choose("bright fluid")
    drag(painter, (20, 30), (30, 30))
    assert "That did not work" in painter._status.value
    assert "the &lt;engine&gt; is gone" in painter._status.value
    assert len(painter.script) == 0
    assert_screen_shows_state(painter, screen)
    engine.resynthesize = works
    drag(painter, (20, 30), (30, 30))
    assert len(painter.script) == 1
    assert_screen_shows_state(painter, screen)


def test_status_says_what_was_done_and_that_nothing_changed_beyond_the_halo(painter):
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    changed = int(painter.edited.sum())
    assert f"Painted 9 bright fluid: {changed} pixels changed element" in painter._status.value
    assert "nowhere further than 2 pixels from the edit" in painter._status.value
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    assert "no pixel changed" in painter._status.value


def test_window_and_opacity_repaint(painter, screen):
    painter._controls.window.value = painter.picture.acquisition.windows[1]
    painter._controls.opacity.value = 0.8
    assert_screen_shows_state(painter, screen)


def test_script_replayed_elsewhere_gives_the_same_elements(painter, engine, picture):
    painter.stroke([(30, 20), (40, 40)], element="bright fluid")
    painter.fill((0, 0), "muscle")
    replayed, _ = painter.script.apply(engine.segment(picture))
    np.testing.assert_array_equal(replayed.labels, painter.label_map.labels)


def test_wrong_input_from_python_is_refused_in_plain_words(painter):
    with pytest.raises(InvalidEdit, match=r"no element is called 'bone'. Choose from 0 air, 1 dark fluid"):
        painter.stroke([(1, 1)], element="bone")
    with pytest.raises(InvalidEdit, match="at least one point"):
        painter.stroke([])
    with pytest.raises(InvalidEdit, match="row 64"):
        painter.fill((64, 0))
    assert len(painter.script) == 0


def test_map_of_another_size_and_impossible_brush_are_refused(engine, picture):
    with pytest.raises(ValueError, match="label map has"):
        Painter(engine, picture, engine.segment(pelvis(32)))
    with pytest.raises(ValueError, match="1 to 64"):
        Painter(engine, picture, diameter=65)


def test_given_label_map_is_not_segmented_again(screen, picture):
    label_map = FakeEngine().segment(picture)
    engine = FakeEngine()
    Painter(engine, picture, label_map)
    assert engine.calls == ["synthesize"]


def test_repr_is_short_and_stable(painter):
    assert repr(painter) == "Painter(64 x 64, 0 edits, 0 pixels changed)"
    painter.stroke([(0, 0)], element="bright fluid", diameter=1)
    assert repr(painter) == "Painter(64 x 64, 1 edit, 1 pixel changed)"


def test_viewers_without_widgets_get_a_still_of_both_pictures(painter):
    bundle = painter._repr_mimebundle_()
    assert bundle["text/plain"] == repr(painter)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    still = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert still.size == (256 + 8 + 256, 256)
    json.dumps(bundle)


def test_compare_measures_the_edit(painter):
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    assert painter.compare().difference.edit.pixels == painter.edited.sum()
    assert painter.compare().difference.beyond.changed == 0
