"""Smooth: each pixel becomes what most of its neighbours are."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.mask import ElementIndex
from u3edu.editing.outline import Corners, polygon_mask
from u3edu.editing.painting import MaskedOperation


class Smooth(MaskedOperation):
    """Majority filter on labels.

    Each pixel becomes the element that holds most pixels of the disc around it; where several
    hold as many, a pixel stays what it is if it is one of them, and else becomes the lowest.
    With two elements this is the median filter.

    Parameters
    ----------
    radius : int
        Of the disc, in pixels, 1 to 15.
    element : int, optional
        Change only pixels that are this element or become it; None smooths all borders.
    region : tuple of (row, column), optional
        Corners of a polygon; only pixels inside it change.
    mask : Mask
    """

    kind: Literal["smooth"] = "smooth"
    radius: Annotated[int, Field(ge=1, le=15)]
    element: ElementIndex | None = None
    region: Corners | None = None

    def named_elements(self) -> tuple[int, ...]:
        """The element that is smoothed, and those of the mask."""
        own = () if self.element is None else (self.element,)
        return (*own, *super().named_elements())

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The smoothed labels."""
        shape = (labels.shape[0], labels.shape[1])
        inside = np.ones(shape, dtype=bool) if self.region is None else polygon_mask(self.region, shape)
        box = Box.around(inside)
        if box is None:
            return labels.copy()
        near = box.grow(self.radius).clip(shape)
        smooth = labels.copy()
        smooth[near.slices] = majority(labels[near.slices], self.radius)
        changed = inside & (smooth != labels)
        if self.element is not None:
            changed &= (labels == self.element) | (smooth == self.element)
        return np.where(changed, smooth, labels)


def majority(labels: np.ndarray, radius: int) -> np.ndarray:
    """The most frequent label in the disc around each pixel, uint8 [H, W]; see `Smooth` for ties."""
    present = np.unique(labels)
    best = np.zeros(labels.shape, dtype=np.int32)
    winner = np.full(labels.shape, present[0], dtype=np.uint8)
    own = np.zeros(labels.shape, dtype=np.int32)
    for element in present:
        member = labels == element
        votes = _disc_sums(member, radius)
        better = votes > best
        best[better] = votes[better]
        winner[better] = element
        own[member] = votes[member]
    return np.where(own == best, labels, winner)


def _disc_sums(member: np.ndarray, radius: int) -> np.ndarray:
    """How many true pixels the disc around each pixel holds, int32 [H, W]; beyond the frame is none."""
    rows, columns = member.shape
    padded = np.pad(member, ((radius, radius), (radius + 1, radius)))
    running = np.cumsum(padded, axis=1, dtype=np.int32)
    sums = np.zeros((rows, columns), dtype=np.int32)
    for down in range(-radius, radius + 1):
        half = int(np.sqrt(radius**2 - down**2))
        line = running[radius + down : radius + down + rows]
        right = line[:, radius + 1 + half : radius + 1 + half + columns]
        left = line[:, radius - half : radius - half + columns]
        sums += right - left
    return sums
