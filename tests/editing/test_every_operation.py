"""What holds for every operation, whatever it does."""

import typing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.editing.strategies import any_operation, masks, mottled, picture, scripts
from u3edu.editing import (
    EditContext,
    EditHistory,
    EditOperation,
    EditScript,
    InvalidEdit,
    LabelMap,
    apply_operation,
)

BASE = mottled()
CONTEXT = EditContext(BASE, picture())
often = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def try_to_apply(operation, label_map):
    """The edited labels; those of the map where the operation does not fit."""
    try:
        return apply_operation(operation, label_map, CONTEXT)[0].labels
    except InvalidEdit:
        return label_map.labels


@often
@given(scripts(BASE, masks(with_picture=True), CONTEXT))
def test_undoing_all_gives_the_original_and_redoing_all_the_same(operations):
    history = EditHistory(BASE, CONTEXT)
    for operation in operations:
        history.do(operation)
    last = history.label_map.labels
    while history.can_undo:
        history.undo()
    np.testing.assert_array_equal(history.label_map.labels, BASE.labels)
    while history.can_redo:
        history.redo()
    np.testing.assert_array_equal(history.label_map.labels, last)


@often
@given(scripts(BASE, masks(with_picture=True), CONTEXT))
def test_script_read_back_from_json_leads_to_the_same_map(operations):
    script = EditScript(operations=tuple(operations))
    again = EditScript.from_json(script.to_json())
    assert again == script
    np.testing.assert_array_equal(again.apply(BASE, CONTEXT)[0].labels, script.apply(BASE, CONTEXT)[0].labels)


@often
@given(any_operation(masks(with_picture=True)))
def test_nothing_changes_outside_the_mask(operation):
    changed = try_to_apply(operation, BASE) != BASE.labels
    # The mask, written out pixel by pixel.
    raw = CONTEXT.picture.raw
    for row, column in np.argwhere(changed):
        before, mask = BASE.labels[row, column], operation.mask
        assert mask.only_over is None or before in mask.only_over
        assert before not in mask.keep
        assert mask.within is None or mask.within.low <= raw[row, column] <= mask.within.high


@often
@given(any_operation())
def test_mask_only_takes_away(operation):
    free = operation.model_copy(update={"mask": type(operation.mask)()})
    masked, unmasked = try_to_apply(operation, BASE), try_to_apply(free, BASE)
    changed = masked != BASE.labels
    np.testing.assert_array_equal(masked[changed], unmasked[changed])


@often
@given(any_operation(), st.integers(0, 2))
def test_element_that_the_model_lacks_is_refused(operation, missing):
    few = LabelMap(BASE.labels * 0, BASE.elements[:1], BASE.acquisition)
    if any(element >= 1 for element in operation.named_elements()):
        with pytest.raises(InvalidEdit, match=r"there is no element .*Choose from 0 fat"):
            apply_operation(operation, few)


@often
@given(any_operation())
def test_labels_given_are_left_alone(operation):
    before = BASE.labels.copy()
    try_to_apply(operation, BASE)
    np.testing.assert_array_equal(BASE.labels, before)


@often
@given(any_operation())
def test_every_painted_element_is_named_or_was_in_the_picture(operation):
    present = {*BASE.labels.ravel().tolist(), *operation.named_elements()}
    assert set(try_to_apply(operation, BASE).ravel().tolist()) <= present


def test_kinds_are_all_different():
    kinds = [kind.model_fields["kind"].default for kind in typing.get_args(typing.get_args(EditOperation)[0])]
    assert len(kinds) == len(set(kinds)) == 16


def test_script_of_the_first_days_is_read_as_it_was_meant():
    text = (
        '{"version":1,"operations":[{"kind":"brush_stroke","element":2,"points":[[5.0,5.0],[5.0,9.0]],'
        '"diameter":3.0},{"kind":"fill","element":1,"seed":[0,0],"contiguous":true}]}'
    )
    edited, _ = EditScript.from_json(text).apply(BASE)
    assert (edited.labels[5, 5:10] == 2).all()
    assert edited.labels[0, 0] == 1


def test_map_of_another_size_than_the_base_is_refused():
    small = LabelMap(BASE.labels[:5], BASE.elements, BASE.acquisition)
    operation = EditScript.from_json(
        '{"operations":[{"kind":"grow","element":1,"millimetres":1}]}'
    ).operations[0]
    with pytest.raises(InvalidEdit, match="started from"):
        apply_operation(operation, small, CONTEXT)


def test_picture_of_another_size_than_the_base_is_refused():
    small = LabelMap(BASE.labels[:5], BASE.elements, BASE.acquisition)
    with pytest.raises(InvalidEdit, match="20 x 24 pixels and the label map 5 x 24"):
        EditContext(small, picture())
