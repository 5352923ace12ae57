"""Undo and redo lead exactly back and forth, whatever was done."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.editing.strategies import operations, shared_map
from u3edu.editing import Box, BrushStroke, EditHistory, EditScript, Fill, InvalidEdit

STROKE = BrushStroke(element=2, points=[(5, 5), (5, 9)], diameter=3)


@shared_map
@given(operations, st.sets(st.integers(0, 5)))
def test_undoing_all_gives_the_first_map_and_redoing_all_the_last(label_map, operations, resets):
    history = EditHistory(label_map)
    for number, operation in enumerate(operations):
        # What fitted one after the other may no longer fit after a reset: it is refused.
        with suppress(InvalidEdit):
            history.do(operation)
        if number in resets:
            history.reset()
    last, script = history.label_map.labels, history.script
    while history.can_undo:
        history.undo()
    np.testing.assert_array_equal(history.label_map.labels, label_map.labels)
    assert history.script == EditScript()
    while history.can_redo:
        history.redo()
    np.testing.assert_array_equal(history.label_map.labels, last)
    assert history.script == script


@shared_map
@given(operations)
def test_script_replayed_on_the_first_map_gives_the_present_map(label_map, operations):
    history = EditHistory(label_map)
    for operation in operations:
        history.do(operation)
    np.testing.assert_array_equal(history.script.apply(label_map)[0].labels, history.label_map.labels)


def test_do_returns_the_changed_box(label_map):
    assert EditHistory(label_map).do(STROKE) == Box(4, 4, 7, 11)


def test_operation_that_changes_nothing_leaves_no_step_and_keeps_what_can_be_redone(label_map):
    history = EditHistory(label_map)
    history.do(STROKE)
    history.undo()
    assert history.do(Fill(element=0, seed=(0, 0))) is None
    assert not history.can_undo
    assert history.redo() == Box(4, 4, 7, 11)


def test_new_operation_takes_the_place_of_what_was_undone(label_map):
    history = EditHistory(label_map)
    history.do(STROKE)
    history.undo()
    history.do(Fill(element=2, seed=(0, 0)))
    assert not history.can_redo


def test_reset_can_be_undone(label_map):
    history = EditHistory(label_map)
    history.do(STROKE)
    edited = history.label_map.labels
    history.reset()
    np.testing.assert_array_equal(history.label_map.labels, label_map.labels)
    assert len(history.script) == 0
    history.undo()
    np.testing.assert_array_equal(history.label_map.labels, edited)
    assert history.script.operations == (STROKE,)


def test_refused_operation_changes_nothing(label_map):
    history = EditHistory(label_map)
    with pytest.raises(InvalidEdit):
        history.do(Fill(element=9, seed=(0, 0)))
    assert history.label_map is label_map
    assert not history.can_undo


def test_undo_and_redo_without_a_step_do_nothing(label_map):
    history = EditHistory(label_map)
    assert history.undo() is None
    assert history.redo() is None
    assert history.reset() is None
    assert history.label_map is label_map
