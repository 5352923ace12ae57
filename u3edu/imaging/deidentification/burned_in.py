"""Pictures that may have a name written into their pixels, and black boxes to cover it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset
from pydicom.uid import (
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

# Words in ImageType that vendors give to screen shots and dose sheets.
SCREEN_WORDS = ("SCREEN", "CAPTURE", "POSDISP", "DOSE")


@dataclass(frozen=True)
class BlackBox:
    """A rectangle of a picture to be blacked out.

    Parameters
    ----------
    top, left : int
        First row and column, counted from 0.
    height, width : int
        In pixels.

    Raises
    ------
    ValueError
        If it has no area or begins outside a picture.
    """

    top: int
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if min(self.top, self.left) < 0 or min(self.height, self.width) < 1:
            raise ValueError(
                f"a black box begins at 0 or later and is at least 1 pixel high and wide; got {self}"
            )

    @classmethod
    def parse(cls, text: str) -> "BlackBox":
        """The box that ``"TOP,LEFT,HEIGHT,WIDTH"`` stands for.

        Raises
        ------
        ValueError
            If the text is something else.
        """
        parts = text.split(",")
        if len(parts) != 4 or not all(part.strip().isdecimal() for part in parts):
            raise ValueError(
                f"a black box is TOP,LEFT,HEIGHT,WIDTH in pixels, for example 0,0,40,512; got {text!r}"
            )
        top, left, height, width = (int(part) for part in parts)
        return cls(top, left, height, width)


def burned_in_suspicion(dataset: Dataset) -> str:
    """Why a picture may have text in its pixels; empty where nothing points to it.

    No header can prove the opposite, so CT and MR slices pass on their kind alone.
    """
    if dataset.get("SOPClassUID") == SecondaryCaptureImageStorage:
        return "a secondary capture"
    if dataset.get("SOPClassUID") == UltrasoundImageStorage or dataset.get("Modality") == "US":
        return "an ultrasound picture"
    if str(dataset.get("BurnedInAnnotation") or "").strip().upper() not in ("", "NO"):
        return "its header says that text is burned into the picture"
    image_type = " ".join(str(value).upper() for value in dataset.get("ImageType") or [])
    if "ConversionType" in dataset or any(word in image_type for word in SCREEN_WORDS):
        return "a captured screen"
    if dataset.get("SamplesPerPixel", 1) != 1:
        return "a colour picture"
    return ""


def black_out(stored: np.ndarray, boxes: Sequence[BlackBox], black: int) -> np.ndarray:
    """Stored values with boxes set to `black`.

    Parameters
    ----------
    stored : integer [H, W] or [H, W, 3]
    boxes : sequence of BlackBox
        Parts beyond the edge of the picture are ignored.
    black : int
        The stored value that is shown black.

    Returns
    -------
    integer, of the same shape

    Raises
    ------
    ValueError
        If a box lies wholly outside the picture, where it would hide nothing.
    """
    covered = stored.copy()
    rows, columns = stored.shape[:2]
    for box in boxes:
        if box.top >= rows or box.left >= columns:
            raise ValueError(f"{box} lies outside a picture of {rows} x {columns} pixels")
        covered[box.top : box.top + box.height, box.left : box.left + box.width] = black
    return covered
