"""The brush stroke: a poly-line drawn with a round brush."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from u3edu.editing.box import Box

Point = tuple[float, float]
# Coordinates far outside any picture are mistakes, and would cost the arithmetic its precision.
FARTHEST = 1e5


class BrushStroke(BaseModel):
    """Paint one element along a poly-line with a round brush.

    A pixel is painted when its centre lies within half the diameter of the line (the line is
    swept to a capsule, with round ends), or when the line passes through the pixel, so that the
    finest brush leaves no gaps. The part of a stroke outside the picture paints nothing.

    Parameters
    ----------
    element : int
        The element to paint, 0 to K-1.
    points : tuple of (row, column)
        The poly-line in pixels; whole numbers are pixel centres. One point is a dab.
    diameter : float
        Width of the brush in pixels, more than 0.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: no points, coordinates that are no finite numbers, or no width.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["brush_stroke"] = "brush_stroke"
    element: int = Field(ge=0, le=255)
    points: tuple[Point, ...]
    diameter: float = Field(gt=0, le=4096, allow_inf_nan=False)

    @field_validator("points", mode="before")
    @classmethod
    def _check_points(cls, points: Any) -> tuple[Point, ...]:
        """Points as pairs of floats, or one plain sentence about what is wrong with them."""
        try:
            pairs = np.array(points, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError("points are pairs of numbers (row, column)") from error
        if pairs.size == 0:
            raise ValueError("a stroke needs at least one point (row, column)")
        if pairs.ndim != 2 or pairs.shape[1] != 2:
            raise ValueError(
                f"points are pairs of numbers (row, column); got an array of shape {pairs.shape}"
            )
        # A comparison with NaN is false, so this finds it too.
        wrong = np.flatnonzero(~(np.abs(pairs) <= FARTHEST).all(axis=1))
        if wrong.size:
            row, column = pairs[wrong[0]]
            raise ValueError(
                f"point {wrong[0] + 1} is ({row:g}, {column:g}), which is no place near a picture"
            )
        return tuple((float(row), float(column)) for row, column in pairs)

    def apply(self, labels: np.ndarray) -> np.ndarray:
        """The labels after the stroke.

        Parameters
        ----------
        labels : uint8 [H, W]

        Returns
        -------
        uint8 [H, W]
            A new array.
        """
        painted = labels.copy()
        painted[self.mask((labels.shape[0], labels.shape[1]))] = self.element
        return painted

    def mask(self, shape: tuple[int, int]) -> np.ndarray:
        """The pixels that the stroke covers, bool [H, W], in a picture of `shape`."""
        covered = np.zeros(shape, dtype=bool)
        for start, end in self._segments():
            _cover_capsule(covered, start, end, self.diameter / 2)
            _cover_crossed(covered, start, end)
        return covered

    def _segments(self) -> Iterator[tuple[Point, Point]]:
        """Pairs of neighbouring points; a dab is a segment without length."""
        if len(self.points) == 1:
            yield self.points[0], self.points[0]
        yield from zip(self.points[:-1], self.points[1:], strict=True)


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
