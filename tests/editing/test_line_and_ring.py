"""Lines and rings have the width that was asked for."""

import numpy as np
import pytest

from u3edu.editing import Line, Ring

EMPTY = np.zeros((64, 72), np.uint8)


def test_line_has_its_width_and_round_ends():
    line = Line(element=1, points=[(20, 10), (20, 40)], width=5).apply(EMPTY)
    assert line[:, 25].sum() == 5
    assert line[20].sum() == 31 + 4


def test_closed_line_joins_its_ends():
    corners = [(10, 10), (10, 50), (50, 50)]
    assert not Line(element=1, points=corners, width=1).apply(EMPTY)[30, 30]
    assert Line(element=1, points=corners, width=1, closed=True).apply(EMPTY)[30, 30]


def distance_to_ellipse(radii, angle, places):
    """Distance of places [N, 2] around the centre from an ellipse, by trying two thousand points of it."""
    turns = np.linspace(0, 2 * np.pi, 2_000)
    along, across = radii[0] * np.cos(turns), radii[1] * np.sin(turns)
    turn = np.radians(angle)
    rows = along * np.cos(turn) - across * np.sin(turn)
    columns = along * np.sin(turn) + across * np.cos(turn)
    return np.array([np.hypot(rows - row, columns - column).min() for row, column in places])


@pytest.mark.parametrize(("radii", "angle"), [((20, 20), 0), ((24, 14), 0), ((24, 14), 35), ((12, 26), -60)])
def test_ring_is_as_thick_all_round(radii, angle):
    ring = Ring(element=1, centre=(31, 36), radii=radii, thickness=4, angle=angle).apply(EMPTY)
    places = np.argwhere(np.ones_like(EMPTY)) - (31, 36)
    distance = distance_to_ellipse(radii, angle, places).reshape(EMPTY.shape)
    turn = np.radians(angle)
    along = places @ [np.cos(turn), np.sin(turn)]
    across = places @ [-np.sin(turn), np.cos(turn)]
    inside = ((along / radii[0]) ** 2 + (across / radii[1]) ** 2 <= 1).reshape(EMPTY.shape)
    sure = np.abs(distance - 4) > 0.05
    np.testing.assert_array_equal(ring[sure] == 1, (inside & (distance <= 4))[sure])


def test_ring_thicker_than_its_radius_is_a_disc():
    ring = Ring(element=1, centre=(30, 30), radii=(6, 9), thickness=6).apply(EMPTY)
    assert ring.sum() == pytest.approx(np.pi * 54, rel=0.05)


def test_ring_reaching_out_of_the_picture_is_cut():
    ring = Ring(element=1, centre=(0, 0), radii=(10, 10), thickness=3).apply(EMPTY)
    assert ring[0, 8]
    assert not ring[0, 5]
    assert not Ring(element=1, centre=(-90, 0), radii=(10, 10), thickness=3).apply(EMPTY).any()
