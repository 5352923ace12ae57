"""An edit session keeps map and picture in step, and loses neither."""

import numpy as np
import pytest

from tests.widgets.fake_engine import FakeEngine
from u3edu.editing import BrushStroke, Fill, InvalidEdit
from u3edu.widgets.session import NOTHING, EditSession

STROKE = BrushStroke(element=4, points=[(20, 20), (20, 40)], diameter=6)


@pytest.fixture
def session(engine, picture):
    return EditSession(engine, engine.segment(picture))


def test_picture_after_each_step_is_that_of_the_whole_map(session):
    for operation in (
        STROKE,
        Fill(element=2, seed=(0, 0)),
        BrushStroke(element=9, points=[(63, 63)], diameter=20),
    ):
        session.do(operation)
        whole = FakeEngine().synthesize(session.label_map)
        np.testing.assert_allclose(session.synthetic.pixels, whole.pixels, atol=1e-6)


def test_undo_and_redo_bring_pictures_back_exactly_without_the_engine(session, engine):
    pictures = [session.synthetic.pixels]
    for operation in (STROKE, Fill(element=2, seed=(0, 0))):
        session.do(operation)
        pictures.append(session.synthetic.pixels)
    session.reset()
    calls = len(engine.calls)
    for expected in (pictures[2], pictures[1], pictures[0]):
        session.undo()
        np.testing.assert_array_equal(session.synthetic.pixels, expected)
    for expected in (pictures[1], pictures[2], pictures[0]):
        session.redo()
        np.testing.assert_array_equal(session.synthetic.pixels, expected)
    assert len(engine.calls) == calls


def test_change_says_what_changed_where(session):
    before = session.label_map.labels
    change = session.do(STROKE)
    differs = session.label_map.labels != before
    assert change.pixels == differs.sum()
    assert differs[change.labels.slices].sum() == change.pixels
    assert change.beyond == 0
    assert 0 < change.mean < 1


def test_pixels_changed_beyond_the_halo_are_counted(session, engine):
    engine.halo = 0  # an engine that promises too much
    session.engine.resynthesize = lambda previous, label_map, box: previous.with_pixels(previous.pixels * 0.5)
    assert session.do(STROKE).beyond > 1000


def test_engine_that_fails_leaves_map_and_picture_as_they_were(session, engine):
    label_map, synthetic = session.label_map, session.synthetic

    def fail(*_):
        raise RuntimeError("out of memory")

    engine.resynthesize = fail
    with pytest.raises(RuntimeError, match="out of memory"):
        session.do(STROKE)
    assert session.label_map is label_map
    assert session.synthetic is synthetic
    assert not session.history.can_undo


def test_refused_operation_leaves_map_and_picture_as_they_were(session):
    synthetic = session.synthetic
    with pytest.raises(InvalidEdit):
        session.do(Fill(element=10, seed=(0, 0)))
    assert session.synthetic is synthetic
    assert len(session.script) == 0


def test_nothing_to_undo_redo_or_reset_is_no_change(session):
    assert session.undo() == session.redo() == session.reset() == NOTHING
