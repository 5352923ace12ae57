"""Lengths and areas against figures whose size is known."""

import numpy as np
import pytest

from u3edu.editing.measure import length, polygon_area

SPACING = (0.5, 0.8)


def test_length_is_that_of_the_way_in_mm():
    assert length(np.array([(0, 0), (6, 0), (6, 5)]), SPACING) == pytest.approx(3.0 + 4.0)
    assert length(np.array([(0, 0), (6, 5)]), SPACING) == pytest.approx(5.0)
    assert length(np.array([(3, 3)]), SPACING) == 0


def test_area_is_that_of_the_ellipse_whichever_way_round():
    angles = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    ellipse = np.stack([40 + 20 * np.sin(angles), 50 + 30 * np.cos(angles)], axis=1)
    expected = np.pi * (20 * SPACING[0]) * (30 * SPACING[1])
    assert polygon_area(ellipse, SPACING) == pytest.approx(expected, rel=1e-4)
    assert polygon_area(ellipse[::-1], SPACING) == pytest.approx(expected, rel=1e-4)
