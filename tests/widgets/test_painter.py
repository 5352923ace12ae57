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
    top = canvas[1] if hasattr(canvas, "_canvases") else canvas
    top._handle_frontend_event(None, {"event": event, **content}, [])


def gesture(painter, *points):
    """A complete gesture with the tool in hand, as the glass sends it; points are (x, y)."""
    content = {"kind": "gesture", "id": 1, "tool": painter.bench.controls.tool.value, "points": points}
    painter.bench.screen.glass._handle_custom_msg(content, [])


def drag(painter, *points):
    """A gesture, and the picture that follows it."""
    gesture(painter, *points)
    painter.session.wait()


def click(painter, button):
    """Press a button and wait for the picture."""
    getattr(painter.bench.controls, button).click()
    painter.session.wait()


def assert_screen_shows_state(painter, screen):
    """Both canvases are what the state says."""
    window = painter.bench.view.window
    layers = painter.bench.screen.layers.canvas
    np.testing.assert_array_equal(screen.show(layers[0])[..., 0], painter.picture.display(window))
    box = Box.whole(painter.picture.shape)
    expected = overlay_rgba(
        painter.label_map,
        painter.bench.view.opacity.value / 100,
        box,
        outlines=painter.bench.view.outlines.value,
        only=painter.bench.view.only,
    )
    np.testing.assert_array_equal(screen.show(layers[1]), expected)
    synthetic = painter.session.synthetic.display(window)
    np.testing.assert_array_equal(screen.show(painter.bench.screen.view.canvas)[..., 0], synthetic)


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
    before = screen.show(painter.bench.screen.view.canvas).copy()
    painter.stroke([(30, 20), (36, 40)], element="bright fluid", diameter=6)
    changed = (screen.show(painter.bench.screen.view.canvas) != before).any(axis=-1)
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
    first = screen.show(painter.bench.screen.view.canvas).copy()
    painter.stroke([(30, 20), (36, 40)], element="bright fluid")
    second = screen.show(painter.bench.screen.view.canvas).copy()
    click(painter, "undo")
    np.testing.assert_array_equal(screen.show(painter.bench.screen.view.canvas), first)
    assert_screen_shows_state(painter, screen)
    click(painter, "redo")
    np.testing.assert_array_equal(screen.show(painter.bench.screen.view.canvas), second)
    click(painter, "reset")
    np.testing.assert_array_equal(screen.show(painter.bench.screen.view.canvas), first)
    assert_screen_shows_state(painter, screen)
    click(painter, "undo")
    np.testing.assert_array_equal(screen.show(painter.bench.screen.view.canvas), second)


def test_page_reload_shows_the_edit_again(painter, screen):
    painter.stroke([(30, 20), (36, 40)], element="bright fluid")
    screen.reload()
    send(painter.bench.screen.layers.canvas, "client_ready")
    assert_screen_shows_state(painter, screen)
    screen.reload()
    send(painter.bench.screen.view.canvas, "client_ready")
    assert_screen_shows_state(painter, screen)


def test_fill_tool_fills_where_it_is_pressed(painter, screen):
    painter.choose("dark fluid")
    painter.bench.controls.tool.value = "fill"
    drag(painter, (1.5, 1.5), (9, 9))
    assert painter.script.operations[0].kind == "fill"
    assert painter.label_map.labels[0, 0] == 1
    assert len(painter.script) == 1
    assert_screen_shows_state(painter, screen)


def test_pick_up_chooses_the_element_under_the_pointer_and_takes_the_brush_again(painter):
    painter.choose("fat")
    painter.bench.controls.tool.value = "pick"
    drag(painter, (1.5, 1.5))
    assert painter.element == painter.label_map.labels[1, 1] == 0
    assert painter.bench.controls.tool.value == "brush"
    assert len(painter.script) == 0


def test_palette_button_chooses_and_marks_by_more_than_colour(painter):
    painter.bench.palette._buttons[4].click()
    assert painter.element == 4
    assert [button.icon for button in painter.bench.palette._buttons].index("check") == 4
    assert painter.bench.palette._buttons[4].description == "4  tumour-like"


def test_keys_do_what_the_controls_do(painter):
    def press(key):
        painter.bench.screen.glass._handle_custom_msg({"kind": "key", "key": key}, [])
        painter.session.wait()

    press("]")
    assert painter.bench.controls.diameter.value == 7
    for _ in range(9):
        press("[")
    assert painter.bench.controls.diameter.value == 1
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    press("undo")
    assert not painter.edited.any()
    press("redo")
    assert painter.edited.any()


def test_brush_size_is_shown_in_mm(screen, engine):
    painter = Painter(engine, pelvis(), diameter=8)
    assert painter.bench.controls.size.value == "8 px = 4.0 mm"


def test_engine_that_fails_is_told_and_the_picture_follows_with_the_next_stroke(painter, screen, engine):
    works = engine.resynthesize

    def fail(*_):
        raise RuntimeError("the <engine> is gone")

    engine.resynthesize = fail
    painter.choose("bright fluid")
    gesture(painter, (20, 30), (30, 30))
    with pytest.raises(RuntimeError, match="is gone"):
        painter.session.wait()
    assert "That did not work" in painter.bench.status.value
    assert "the &lt;engine&gt; is gone" in painter.bench.status.value
    assert len(painter.script) == 1
    assert_screen_shows_state(painter, screen)
    engine.resynthesize = works
    drag(painter, (40, 30), (50, 30))
    assert len(painter.script) == 2
    assert_screen_shows_state(painter, screen)
    whole = FakeEngine().synthesize(painter.label_map)
    np.testing.assert_allclose(painter.synthetic.pixels, whole.pixels, atol=1e-6)


def test_status_says_what_was_done_and_that_nothing_changed_beyond_the_halo(painter):
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    changed = int(painter.edited.sum())
    assert f"Painted 9 bright fluid: {changed} pixels changed element" in painter.bench.status.value
    assert "nowhere further than 2 pixels from the edit" in painter.bench.status.value
    painter.stroke([(30, 20)], element="bright fluid", diameter=5)
    assert "no pixel changed" in painter.bench.status.value


def test_every_way_of_looking_repaints(painter, screen):
    panel, canvas = painter.bench.view, painter.bench.screen.layers.canvas
    layers = canvas[0], canvas[1]
    for change in (
        lambda: setattr(panel.preset, "value", painter.picture.acquisition.windows[1]),
        lambda: setattr(panel.opacity, "value", 80),
        lambda: setattr(panel.outlines, "value", True),
        lambda: setattr(panel.shown, "value", 7),
        lambda: setattr(panel.centre, "value", 300.0),
        lambda: setattr(panel.width, "value", 123.0),
    ):
        before = [screen.show(layer).copy() for layer in layers]
        change()
        after = [screen.show(layer) for layer in layers]
        assert any((one != other).any() for one, other in zip(before, after, strict=True))
        assert_screen_shows_state(painter, screen)
    painter.stroke([(30, 20), (36, 40)], element="fat")
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


def test_painter_begins_in_place_where_that_is_asked_for(screen, engine, picture):
    painter = Painter(engine, picture, mode="in place")
    assert painter.synthetic is picture
    painter.stroke([(40, 40), (40, 50)], element="muscle")
    assert painter.synthetic.acquisition.in_place
    with pytest.raises(ValueError, match="'whole' or 'in place'"):
        Painter(engine, picture, mode="somewhere")


def test_status_says_that_a_picture_was_drawn_elsewhere_than_it_should(painter):
    painter.engine.note = "The shared engine is away."
    painter.stroke([(20, 20), (20, 40)], element=4)
    assert "The shared engine is away." in painter.bench.status.value
    painter.undo()  # a picture that is kept was not drawn now
    assert "The shared engine is away." not in painter.bench.status.value


def test_the_first_picture_has_its_note_too(picture):
    engine = FakeEngine()
    engine.note = "The shared engine is away."
    assert "The shared engine is away." in Painter(engine, picture).bench.status.value
