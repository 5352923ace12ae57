"""The fill: one connected area, or all of one element, becomes another element."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import ndimage

from u3edu.editing.errors import InvalidEdit

PixelIndex = Annotated[int, Field(ge=0)]


class Fill(BaseModel):
    """Turn the area around a pixel into one element.

    Parameters
    ----------
    element : int
        The element to paint, 0 to K-1.
    seed : (row, column)
        A pixel of the area.
    contiguous : bool
        True fills the area of the seed's element that is connected to the seed over pixel
        edges (4-connected); False fills every pixel of that element.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a negative element or seed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["fill"] = "fill"
    element: int = Field(ge=0, le=255)
    seed: tuple[PixelIndex, PixelIndex]
    contiguous: bool = True

    def apply(self, labels: np.ndarray) -> np.ndarray:
        """The labels after the fill.

        Parameters
        ----------
        labels : uint8 [H, W]

        Returns
        -------
        uint8 [H, W]
            A new array.

        Raises
        ------
        InvalidEdit
            If the seed lies outside the picture.
        """
        row, column = self.seed
        rows, columns = labels.shape
        if row >= rows or column >= columns:
            raise InvalidEdit(
                f"the fill starts at row {row}, column {column}; the picture has {rows} x {columns} pixels"
            )
        area = labels == labels[self.seed]
        if self.contiguous:
            # SciPy's default structure joins pixels that share an edge.
            regions, _ = ndimage.label(area)
            area = regions == regions[self.seed]
        filled = labels.copy()
        filled[area] = self.element
        return filled
