"""An edit session: labels change at once, the picture follows, and neither is lost."""

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.widgets.fake_engine import FakeEngine, pelvis
from tests.widgets.gated_engine import GatedEngine
from u3edu.editing import BrushStroke, EditScript, Fill, InvalidEdit
from u3edu.widgets.session import NOTHING, EditSession

STROKE = BrushStroke(element=4, points=[(20, 20), (20, 40)], diameter=6)
OTHER = BrushStroke(element=9, points=[(40, 20)], diameter=4)
THIRD = BrushStroke(element=2, points=[(50, 50)], diameter=5)


@pytest.fixture
def session(engine, picture):
    return EditSession(engine, engine.segment(picture), picture)


@pytest.fixture
def gated(picture):
    engine = GatedEngine()
    return EditSession(engine, engine.segment(picture), picture)


def whole_picture(session):
    return FakeEngine().synthesize(session.label_map).pixels


def test_picture_after_each_step_is_that_of_the_whole_map(session):
    for operation in (
        STROKE,
        Fill(element=2, seed=(0, 0)),
        BrushStroke(element=9, points=[(63, 63)], diameter=20),
    ):
        session.do(operation)
        session.wait()
        np.testing.assert_allclose(session.synthetic.pixels, whole_picture(session), atol=1e-6)


def test_labels_change_at_once_and_the_picture_is_drawn_on_another_thread(gated):
    first = gated.synthetic
    gated.engine.shut()
    change = gated.do(STROKE)
    assert gated.label_map.labels[20, 30] == 4
    assert change.pixels == (gated.label_map.labels != gated.base.labels).sum()
    assert gated.synthetic is first and gated.pending
    gated.engine.gate.set()
    gated.wait()
    assert not gated.pending
    assert gated.engine.threads == {"u3edu-picture"}
    np.testing.assert_allclose(gated.synthetic.pixels, whole_picture(gated), atol=1e-6)


def test_edits_made_while_a_picture_is_drawn_cost_one_more_drawing_and_the_latest_wins(gated):
    seen = []
    gated.on_picture(lambda change: seen.append((change.labels, gated.synthetic, gated.label_map)))
    gated.engine.shut()
    gated.do(STROKE)
    assert gated.engine.begun.wait(20)
    for operation in (OTHER, THIRD):
        gated.do(operation)
    gated.engine.gate.set()
    gated.wait()
    assert len(gated.engine.boxes) == 2, "the two strokes made meanwhile were drawn together"
    assert len(seen) == 1, "the picture of the first stroke alone was outdated, and never shown"
    labels, picture, label_map = seen[0]
    assert label_map is gated.label_map
    np.testing.assert_allclose(picture.pixels, whole_picture(gated), atol=1e-6)
    differs = gated.label_map.labels != gated.base.labels
    assert differs[labels.slices].sum() == differs.sum()


def test_an_edit_undone_before_it_was_drawn_is_not_drawn(gated):
    first = gated.synthetic.pixels
    gated.engine.shut()
    gated.do(STROKE)
    assert gated.engine.begun.wait(20)
    gated.do(OTHER)
    gated.undo()
    gated.undo()
    gated.engine.gate.set()
    gated.wait()
    assert len(gated.engine.boxes) == 1
    np.testing.assert_array_equal(gated.synthetic.pixels, first)


def test_undo_and_redo_bring_pictures_back_exactly_without_the_engine(session, engine):
    pictures = [session.synthetic.pixels]
    for operation in (STROKE, Fill(element=2, seed=(0, 0))):
        session.do(operation)
        session.wait()
        pictures.append(session.synthetic.pixels)
    session.reset()
    calls = len(engine.calls)
    for step, expected in (
        (session.undo, 2),
        (session.undo, 1),
        (session.undo, 0),
        (session.redo, 1),
        (session.redo, 2),
        (session.redo, 0),
        (lambda: session.jump(1), 1),
        (lambda: session.jump(0), 0),
        (lambda: session.jump(2), 2),
    ):
        step()
        session.wait()
        np.testing.assert_array_equal(session.synthetic.pixels, pictures[expected])
    assert len(engine.calls) == calls


def test_changes_say_what_changed_where(session):
    news, pictures = [], []
    session.on_edit(news.append)
    session.on_picture(pictures.append)
    before, shown = session.label_map.labels, session.synthetic.pixels
    change = session.do(STROKE)
    session.wait()
    differs = session.label_map.labels != before
    assert news == [change]
    assert change.pixels == differs.sum() == differs[change.labels.slices].sum()
    assert [picture.labels for picture in pictures] == [change.labels]
    moved = np.abs(session.synthetic.pixels - shown)
    assert pictures[0].mean == pytest.approx(moved[pictures[0].box.slices].mean())
    assert (moved > 0).sum() == (moved[pictures[0].box.slices] > 0).sum()
    assert pictures[0].beyond == 0


def test_pixels_changed_beyond_the_halo_are_counted(session, engine):
    pictures = []
    session.on_picture(pictures.append)
    engine.halo = 0  # an engine that promises too much
    engine.resynthesize = lambda previous, label_map, box: previous.with_pixels(previous.pixels * 0.5)
    session.do(STROKE)
    session.wait()
    assert pictures[0].beyond > 1000


def test_engine_that_fails_is_told_and_the_picture_is_tried_again_with_the_next_edit(session, engine):
    works, synthetic, pictures = engine.resynthesize, session.synthetic, []
    session.on_picture(pictures.append)

    def fail(*_):
        raise RuntimeError("out of memory")

    engine.resynthesize = fail
    session.do(STROKE)
    with pytest.raises(RuntimeError, match="out of memory"):
        session.wait()
    session.wait()  # said once, and nothing keeps trying
    assert session.label_map.labels[20, 30] == 4
    assert session.synthetic is synthetic
    assert str(session.problem) == "out of memory"
    assert [str(change.problem) for change in pictures] == ["out of memory"]
    engine.resynthesize = works
    session.do(OTHER)
    session.wait()
    assert session.problem is None
    np.testing.assert_allclose(session.synthetic.pixels, whole_picture(session), atol=1e-6)


def test_failed_picture_can_be_asked_for_again_or_its_edit_undone(session, engine):
    works, first = engine.resynthesize, session.synthetic.pixels
    engine.resynthesize = None  # calling it is a TypeError
    for mend in (session.undo, session.retry):
        session.do(STROKE)
        with pytest.raises(TypeError):
            session.wait()
        engine.resynthesize = works if mend == session.retry else None
        mend()
        session.wait()
        assert session.problem is None
    assert not np.array_equal(session.synthetic.pixels, first)


def test_refused_operation_leaves_map_and_picture_as_they_were(session):
    synthetic = session.synthetic
    with pytest.raises(InvalidEdit):
        session.do(Fill(element=10, seed=(0, 0)))
    with pytest.raises(InvalidEdit, match="operation 2 of 2"):
        session.replace(EditScript(operations=(STROKE, Fill(element=2, seed=(70, 0)))))
    with pytest.raises(ValueError, match="steps 0 to 0"):
        session.jump(1)
    session.wait()
    assert session.synthetic is synthetic
    assert len(session.script) == 0


def test_nothing_to_undo_redo_or_reset_is_no_change(session):
    assert session.undo() == session.redo() == session.reset() == session.jump(0) == NOTHING


def test_script_put_in_place_of_the_edit_is_one_step(session):
    session.do(STROKE)
    script = EditScript(operations=(OTHER, THIRD))
    session.replace(script)
    assert session.script == script
    np.testing.assert_array_equal(session.label_map.labels, script.apply(session.base)[0].labels)
    session.undo()
    assert session.script == EditScript(operations=(STROKE,))


def test_callback_that_fails_stops_nobody(session):
    heard = []
    for listen in (session.on_edit, session.on_picture):
        listen(lambda change: 1 / 0)
        listen(heard.append)
    session.do(STROKE)
    session.wait()
    assert len(heard) == 2


def test_waiting_lets_others_edit_even_if_the_waiting_thread_holds_the_lock(gated):
    gated.engine.shut()
    gated.do(STROKE)
    editor = threading.Thread(target=lambda: (gated.do(OTHER), gated.engine.gate.set()))
    with gated.lock:
        editor.start()
        assert gated.wait(20)
    editor.join()
    assert len(gated.script) == 2


def test_many_threads_lose_no_edit(session):
    def paint(number):
        for place in range(8):
            session.do(BrushStroke(element=number, points=[(8 * place + 2, 8 * number + 2)], diameter=3))

    threads = [threading.Thread(target=paint, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.wait()
    replayed, _ = session.script.apply(session.base)
    np.testing.assert_array_equal(replayed.labels, session.label_map.labels)
    np.testing.assert_allclose(session.synthetic.pixels, whole_picture(session), atol=1e-6)


def test_in_place_shows_the_original_until_something_is_edited_and_back_again(session, picture):
    session.mode = "in place"
    session.wait()
    np.testing.assert_array_equal(session.synthetic.pixels, picture.pixels)
    session.do(STROKE)
    session.wait()
    far = session.synthetic.pixels[50:] == picture.pixels[50:]
    assert far.all()
    assert session.base_synthetic is picture
    session.mode = "whole"
    session.wait()
    np.testing.assert_allclose(session.synthetic.pixels, whole_picture(session), atol=1e-6)


def test_mode_that_cannot_be_had_is_refused(engine, picture):
    session = EditSession(engine, engine.segment(picture))
    with pytest.raises(ValueError, match="needs the original"):
        session.mode = "in place"
    with pytest.raises(ValueError, match="'whole' or 'in place'"):
        session.mode = "half"
    assert session.mode == "whole"


numbers = st.integers(0, 9)
places = st.tuples(st.integers(0, 23), st.integers(0, 23))
operations = st.lists(
    st.builds(
        BrushStroke,
        element=numbers,
        points=st.lists(places, min_size=1, max_size=2),
        diameter=st.floats(1, 9),
    )
    | st.builds(Fill, element=numbers, seed=places, contiguous=st.booleans()),
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations, st.lists(st.booleans(), min_size=5, max_size=5))
def test_undo_all_is_the_original_redo_all_the_same_and_json_keeps_the_map(edits, waits):
    engine, picture = FakeEngine(), pelvis(24)
    session = EditSession(engine, engine.segment(picture))
    first = session.synthetic.pixels
    for operation, wait in zip(edits, waits, strict=False):
        session.do(operation)
        if wait:
            session.wait()
    session.wait()
    labels, pixels = session.label_map.labels, session.synthetic.pixels
    while session.history.can_undo:
        session.undo()
    session.wait()
    np.testing.assert_array_equal(session.label_map.labels, session.base.labels)
    np.testing.assert_array_equal(session.synthetic.pixels, first)
    while session.history.can_redo:
        session.redo()
    session.wait()
    np.testing.assert_array_equal(session.label_map.labels, labels)
    np.testing.assert_array_equal(session.synthetic.pixels, pixels)
    session.replace(EditScript.from_json(session.script.to_json()))
    np.testing.assert_array_equal(session.label_map.labels, labels)
