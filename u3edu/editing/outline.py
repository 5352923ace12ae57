"""Poly-lines and polygons in pixel coordinates, and the pixels that they cover."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from u3edu.editing.box import Box

Point = tuple[float, float]
# Coordinates far outside any picture are mistakes, and would cost the arithmetic its precision.
FARTHEST = 1e5


def check_points(points: Any) -> tuple[Point, ...]:
    """Points as pairs of floats.

    Raises
    ------
    ValueError
        In one plain sentence about what is wrong with them.
    """
    try:
        pairs = np.array(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("points are pairs of numbers (row, column)") from error
    if pairs.size == 0:
        raise ValueError("a stroke needs at least one point (row, column)")
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"points are pairs of numbers (row, column); got an array of shape {pairs.shape}")
    # A comparison with NaN is false, so this finds it too.
    wrong = np.flatnonzero(~(np.abs(pairs) <= FARTHEST).all(axis=1))
    if wrong.size:
        row, column = pairs[wrong[0]]
        raise ValueError(f"point {wrong[0] + 1} is ({row:g}, {column:g}), which is no place near a picture")
    return tuple((float(row), float(column)) for row, column in pairs)


def check_corners(points: Any) -> tuple[Point, ...]:
    """Points of a polygon: as `check_points`, and at least three."""
    corners = check_points(points)
    if len(corners) < 3:
        raise ValueError(f"a polygon has at least three corners; got {len(corners)}")
    return corners


def check_point(point: Any) -> Point:
    """One point (row, column)."""
    return check_points([point])[0]


Points = Annotated[tuple[Point, ...], BeforeValidator(check_points)]
Corners = Annotated[tuple[Point, ...], BeforeValidator(check_corners)]
Place = Annotated[Point, BeforeValidator(check_point)]
# Widths and radii in pixels.
Pixels = Annotated[float, Field(gt=0, le=4096, allow_inf_nan=False)]
# Lengths in the patient; no edit reaches further than this.
Millimetres = Annotated[float, Field(gt=0, le=500, allow_inf_nan=False)]


def polyline_mask(points: Sequence[Point], diameter: float, shape: tuple[int, int]) -> np.ndarray:
    """The pixels that a poly-line of a certain width covers.

    Parameters
    ----------
    points : sequence of (row, column)
        One point is a dab.
    diameter : float
        In pixels.
    shape : (rows, columns)

    Returns
    -------
    bool [H, W]
        Pixels whose centre lies within half the diameter of the line, and pixels that the line
        passes through, so that the finest line has no gaps.
    """
    covered = np.zeros(shape, dtype=bool)
    for start, end in _segments(points):
        _cover_capsule(covered, start, end, diameter / 2)
        _cover_crossed(covered, start, end)
    return covered


def polygon_mask(corners: Sequence[Point], shape: tuple[int, int]) -> np.ndarray:
    """The pixels whose centre lies inside a polygon, bool [H, W].

    The line from the last corner to the first closes it. Where it crosses itself, everything
    that it winds around is inside (non-zero winding), so that a lasso which runs over its own
    start leaves no hole. A centre on the outline belongs to one side of it: polygons that share
    an edge share no pixel and leave none out.
    """
    start = np.asarray(corners, dtype=np.float64)
    inside = np.zeros(shape, dtype=bool)
    low, high = np.floor(start.min(axis=0)).astype(int), np.ceil(start.max(axis=0)).astype(int) + 1
    try:
        near = Box(low[0], low[1], high[0], high[1]).clip(shape)
    except ValueError:
        return inside  # wholly outside the picture
    inside[near.slices] = _wound(start, near)
    return inside


def _wound(start: np.ndarray, near: Box) -> np.ndarray:
    """The pixels of a box that a polygon with corners [N, 2] winds around, bool [rows, columns]."""
    end = np.roll(start, -1, axis=0)
    low, high = np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0])
    # The pixel rows that each edge crosses: from `first` up to but without `last`.
    first = np.clip(np.ceil(low), near.top, near.bottom).astype(int)
    last = np.clip(np.ceil(high), near.top, near.bottom).astype(int)
    count = last - first
    edge = np.repeat(np.arange(len(start)), count)
    rows = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    # From its upper end, whichever way it runs: an edge of two polygons is the same line in both.
    falls = (start[:, 0] < end[:, 0])[edge]
    upper = np.where(falls[:, None], start[edge], end[edge])
    along = np.where(falls[:, None], end[edge], start[edge]) - upper
    columns = upper[:, 1] + (rows - upper[:, 0]) / along[:, 0] * along[:, 1]
    turns = np.zeros((near.shape[0], near.shape[1] + 1), dtype=np.int32)
    places = np.clip(np.ceil(columns), near.left, near.right).astype(int)
    np.add.at(turns, (rows - near.top, places - near.left), np.where(falls, 1, -1))
    wound: np.ndarray = np.cumsum(turns[:, :-1], axis=1) != 0
    return wound


def _segments(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Pairs of neighbouring points; a dab is a segment without length."""
    if len(points) == 1:
        yield points[0], points[0]
    yield from pairwise(points)


def _cover_capsule(covered: np.ndarray, start: Point, end: Point, radius: float) -> None:
    """Mark the pixels whose centre is within `radius` of the segment; looks only near it."""
    (row0, column0), (row1, column1) = start, end
    try:
        near = Box(
            int(np.floor(min(row0, row1) - radius)),
            int(np.floor(min(column0, column1) - radius)),
            int(np.ceil(max(row0, row1) + radius)) + 1,
            int(np.ceil(max(column0, column1) + radius)) + 1,
        ).clip((covered.shape[0], covered.shape[1]))
    except ValueError:
        return  # wholly outside the picture
    rows = np.arange(near.top, near.bottom)[:, None] - row0
    columns = np.arange(near.left, near.right)[None, :] - column0
    along_rows, along_columns = row1 - row0, column1 - column0
    squared_length = along_rows**2 + along_columns**2
    # Foot of the perpendicular from each pixel centre, held between the two ends.
    foot = np.zeros(near.shape)
    if squared_length > 0:
        foot = np.clip((rows * along_rows + columns * along_columns) / squared_length, 0.0, 1.0)
    squared_distance = (rows - foot * along_rows) ** 2 + (columns - foot * along_columns) ** 2
    covered[near.slices] |= squared_distance <= radius**2


def _cover_crossed(covered: np.ndarray, start: Point, end: Point) -> None:
    """Mark the pixels that the segment passes through.

    The segment is cut wherever it crosses a border between pixels; the middle of each piece
    then lies in exactly one pixel.
    """
    first, last = np.asarray(start), np.asarray(end)
    cuts = [np.array([0.0, 1.0])]
    for axis in (0, 1):
        low, high = sorted((first[axis], last[axis]))
        # Borders outside the picture part only pixels outside it.
        borders = np.arange(np.floor(max(low, -1.0) + 0.5) + 0.5, min(high, covered.shape[axis] + 1.0), 1.0)
        if last[axis] != first[axis]:
            cuts.append((borders - first[axis]) / (last[axis] - first[axis]))
    at = np.unique(np.clip(np.concatenate(cuts), 0.0, 1.0))
    middles = (at[:-1] + at[1:]) / 2
    crossed = np.floor(first + middles[:, None] * (last - first) + 0.5).astype(int)
    ends = np.floor(np.stack([first, last]) + 0.5).astype(int)
    crossed = np.concatenate([crossed, ends])
    inside = ((crossed >= 0) & (crossed < covered.shape)).all(axis=1)
    covered[tuple(crossed[inside].T)] = True
