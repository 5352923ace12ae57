"""The eraser puts back what the script started from."""

import numpy as np
import pytest

from u3edu.editing import BrushStroke, EditContext, EditScript, Eraser, InvalidEdit

STROKE = BrushStroke(element=2, points=[(5, 5), (5, 18)], diameter=5)


def test_erasing_all_of_a_stroke_brings_the_first_map_back(label_map):
    script = EditScript(operations=(STROKE, Eraser(points=[(5, 0), (5, 23)], diameter=9)))
    edited, box = script.apply(label_map)
    np.testing.assert_array_equal(edited.labels, label_map.labels)
    assert box is None


def test_eraser_touches_only_its_own_stroke(label_map):
    edited, _ = EditScript(operations=(STROKE, Eraser(points=[(5, 5)], diameter=3))).apply(label_map)
    assert edited.labels[5, 5] == 0
    assert edited.labels[5, 10] == 2


def test_base_may_be_another_map_than_the_one_edited(label_map):
    later, _ = EditScript(operations=(STROKE,)).apply(label_map)
    eraser = EditScript(operations=(Eraser(points=[(5, 5)], diameter=3),))
    assert eraser.apply(later)[1] is None
    assert eraser.apply(later, EditContext(label_map))[0].labels[5, 5] == 0


def test_eraser_without_a_base_is_refused(label_map):
    with pytest.raises(InvalidEdit, match="started from"):
        Eraser(points=[(5, 5)], diameter=3).apply(label_map.labels)
