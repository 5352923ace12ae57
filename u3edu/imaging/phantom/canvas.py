"""The grid that a phantom's tissues are painted on, three times finer than its pixels."""

from collections.abc import Collection

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from u3edu.imaging.phantom.outline import Outline

# Odd, so that every pixel has a fine point at its very centre: that point is the exact truth,
# and the mean over all nine is the partial volume.
SUBSAMPLES = 3


class TissueCanvas:
    """Tissue numbers on a fine grid, painted one over the other.

    Parameters
    ----------
    shape : (rows, columns)
        Of the picture.
    spacing : float
        Distance between pixel centres in mm, the same along rows and columns.
    tissue : int
        What is everywhere at first.

    Attributes
    ----------
    fine : uint8 [3 H, 3 W]
        The tissue of each fine point.
    """

    def __init__(self, shape: tuple[int, int], spacing: float, tissue: int = 0) -> None:
        self.shape = shape
        self.spacing = spacing
        self.fine = np.full((shape[0] * SUBSAMPLES, shape[1] * SUBSAMPLES), tissue, dtype=np.uint8)

    @property
    def step(self) -> float:
        """Distance between fine points in mm."""
        return self.spacing / SUBSAMPLES

    def coordinates(self, box: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray]:
        """Where the fine points of a box lie: x [1, C] and y [R, 1] in mm."""
        rows, columns = self.fine.shape
        y = (np.arange(box[0].start, box[0].stop) - (rows - 1) / 2) * self.step
        x = (np.arange(box[1].start, box[1].stop) - (columns - 1) / 2) * self.step
        return x[None, :], y[:, None]

    def box(self, low: tuple[float, float], high: tuple[float, float]) -> tuple[slice, slice] | None:
        """Fine points between two corners (x, y) in mm; None where none is in the picture."""
        rows, columns = self.fine.shape
        left, right = (round(x / self.step + (columns - 1) / 2) for x in (low[0], high[0]))
        top, bottom = (round(y / self.step + (rows - 1) / 2) for y in (low[1], high[1]))
        top, left = max(top, 0), max(left, 0)
        bottom, right = min(bottom + 1, rows), min(right + 1, columns)
        return (slice(top, bottom), slice(left, right)) if bottom > top and right > left else None

    def region(self, outline: Outline) -> tuple[tuple[slice, slice], np.ndarray] | None:
        """The box around an outline, and which of its fine points are inside; None where outside."""
        low, high = outline.min(axis=0), outline.max(axis=0)
        margin = self.step
        box = self.box((low[0] - margin, low[1] - margin), (high[0] + margin, high[1] + margin))
        if box is None:
            return None
        rows, columns = self.fine.shape
        places = outline / self.step + ((columns - 1) / 2 - box[1].start, (rows - 1) / 2 - box[0].start)
        size = (box[1].stop - box[1].start, box[0].stop - box[0].start)
        drawn = Image.new("L", size)
        ImageDraw.Draw(drawn).polygon([(float(x), float(y)) for x, y in places], fill=1)
        return box, np.asarray(drawn, dtype=bool)

    def fill(self, outline: Outline, tissue: int, over: Collection[int] | None = None) -> None:
        """Paint the inside of an outline, where `over` is given only over those tissues."""
        found = self.region(outline)
        if found is not None:
            self.paint(*found, tissue, over)

    def paint(
        self, box: tuple[slice, slice], inside: np.ndarray, tissue: int, over: Collection[int] | None = None
    ) -> None:
        """Paint bool `inside` of a box, where `over` is given only over those tissues."""
        view = self.fine[box]
        if over is not None:
            inside = inside & np.isin(view, list(over))
        view[inside] = tissue

    def fill_shelled(self, outline: Outline, shell: int, thickness: float, core: int) -> None:
        """Paint an outline as a shell of `thickness` mm around a core: cortex around marrow."""
        found = self.region(outline)
        if found is None:
            return
        box, inside = found
        # The frame of the picture cuts a bone; it has no cortex there.
        depth = ndimage.distance_transform_edt(np.pad(inside, 1, mode="edge"))[1:-1, 1:-1]
        self.paint(box, inside, shell)
        self.paint(box, depth * self.step > thickness, core)

    def centres(self, fine: np.ndarray | None = None) -> np.ndarray:
        """The values at the pixels' centres [H, W]: of the tissues, or of another fine map."""
        middle = SUBSAMPLES // 2
        return (self.fine if fine is None else fine)[middle::SUBSAMPLES, middle::SUBSAMPLES].copy()

    def averaged(self, levels: np.ndarray) -> np.ndarray:
        """Mean level of each pixel, float32 [H, W], of a level for each tissue: partial volume."""
        rows, columns = self.shape
        fine = levels.astype(np.float32)[self.fine]
        return fine.reshape(rows, SUBSAMPLES, columns, SUBSAMPLES).mean(axis=(1, 3))
