"""A Box: the half-open rectangle of pixels that an edit touched."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Box:
    """Rows ``top`` to ``bottom - 1`` and columns ``left`` to ``right - 1``.

    Raises
    ------
    ValueError
        If the box has no pixel.
    """

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.bottom <= self.top or self.right <= self.left:
            raise ValueError(f"a box has at least one pixel; got {self}")

    @classmethod
    def around(cls, mask: np.ndarray) -> "Box | None":
        """The smallest box around the true pixels of bool [H, W]; None where there is none."""
        rows = np.flatnonzero(mask.any(axis=1))
        columns = np.flatnonzero(mask.any(axis=0))
        if rows.size == 0:
            return None
        return cls(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)

    @classmethod
    def whole(cls, shape: tuple[int, int]) -> "Box":
        """The box of all pixels of a picture with `shape` (rows, columns)."""
        return cls(0, 0, *shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the box."""
        return self.bottom - self.top, self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """The box as an index: ``array[box.slices]``."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The box as a polygon (row, column) around its pixels."""
        top, left, bottom, right = self.top - 0.5, self.left - 0.5, self.bottom - 0.5, self.right - 0.5
        return (top, left), (top, right), (bottom, right), (bottom, left)

    def grow(self, pixels: int) -> "Box":
        """The box with `pixels` more on each side (may leave the picture; see `clip`)."""
        return Box(self.top - pixels, self.left - pixels, self.bottom + pixels, self.right + pixels)

    def clip(self, shape: tuple[int, int]) -> "Box":
        """The part of the box inside a picture of `shape`.

        Raises
        ------
        ValueError
            If no pixel of the box lies inside.
        """
        return Box(max(self.top, 0), max(self.left, 0), min(self.bottom, shape[0]), min(self.right, shape[1]))

    def align(self, stride: int) -> "Box":
        """The smallest box around this one whose corners are multiples of `stride`."""
        return Box(
            self.top // stride * stride,
            self.left // stride * stride,
            -(-self.bottom // stride) * stride,
            -(-self.right // stride) * stride,
        )

    def union(self, other: "Box | None") -> "Box":
        """The smallest box around both."""
        if other is None:
            return self
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def relative_to(self, other: "Box") -> "Box":
        """This box in the coordinates of a crop at `other`."""
        return Box(
            self.top - other.top, self.left - other.left, self.bottom - other.top, self.right - other.left
        )
