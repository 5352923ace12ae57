"""The fill: one connected area, or all of one element, becomes another element."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy import ndimage

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.painting import FlatPainting, Painting

PixelIndex = Annotated[int, Field(ge=0)]


class FillShape(Painting):
    """The area around a pixel.

    Parameters
    ----------
    seed : (row, column)
        A pixel of the area.
    contiguous : bool
        True covers the area of the seed's element that is connected to the seed over pixel
        edges (4-connected); False covers every pixel of that element.
    """

    seed: tuple[PixelIndex, PixelIndex]
    contiguous: bool = True

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels of the area, bool [H, W].

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
        area: np.ndarray = labels == labels[self.seed]
        if self.contiguous:
            # SciPy's default structure joins pixels that share an edge.
            regions, _ = ndimage.label(area)
            area = regions == regions[self.seed]
        return area


class Fill(FillShape, FlatPainting):
    """Turn the area around a pixel into one element; see `FillShape`.

    Parameters
    ----------
    element : int
        The element to paint, 0 to K-1.
    seed : (row, column)
    contiguous : bool
    mask : Mask

    Raises
    ------
    pydantic.ValidationError
        A ValueError: a negative element or seed.
    """

    kind: Literal["fill"] = "fill"
