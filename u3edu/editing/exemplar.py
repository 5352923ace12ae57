"""An Exemplar: a small patch of labels that shows how a tissue is mixed of elements."""

import base64
import binascii
import zlib
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from u3edu.editing.box import Box
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.outline import Point, check_corners, polygon_mask

# A tissue brush's pattern repeats over a few pixels; a larger patch only makes scripts larger.
LARGEST_SIDE = 128
# The label of a pixel in the patch's rectangle that is not part of the exemplar.
OUTSIDE = 255

Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
Region = tuple[Point, ...] | Box | np.ndarray


class Exemplar(BaseModel):
    """A patch of labels, small enough to travel in an edit script.

    Parameters
    ----------
    shape : (rows, columns)
        At most 128 each.
    data : str
        The labels row by row, one byte each (255 where the patch is not part of the exemplar),
        compressed (zlib, RFC 1950) and in base64 (RFC 4648).
    name : str
        What it shows, for people.
    source : str
        Where it comes from: collection, licence, attribution.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: data that are no such labels, or a patch without a pixel.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: tuple[Side, Side]
    data: str = Field(max_length=4 * LARGEST_SIDE**2)
    name: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _check_labels(self) -> "Exemplar":
        if not self.inside.any():
            raise ValueError("an exemplar has at least one pixel")
        return self

    @property
    def labels(self) -> np.ndarray:
        """The labels, uint8 [h, w]; 255 where the patch is not part of the exemplar; read-only."""
        return _unpack(self.shape, self.data)

    @property
    def inside(self) -> np.ndarray:
        """The pixels that are part of the exemplar, bool [h, w]."""
        inside: np.ndarray = self.labels != OUTSIDE
        return inside

    @property
    def elements(self) -> tuple[int, ...]:
        """The elements that it is made of, in order."""
        return tuple(int(element) for element in np.unique(self.labels[self.inside]))

    @classmethod
    def from_labels(cls, labels: np.ndarray, *, name: str = "", source: str = "") -> "Exemplar":
        """An exemplar of labels, uint8 [h, w], 255 where they are not part of it.

        Raises
        ------
        InvalidEdit
            If the patch is too large or has no pixel.
        """
        stored = np.ascontiguousarray(labels, dtype=np.uint8)
        if max(stored.shape) > LARGEST_SIDE:
            raise InvalidEdit(
                f"an exemplar has at most {LARGEST_SIDE} x {LARGEST_SIDE} pixels; this region has "
                f"{stored.shape[0]} x {stored.shape[1]}: choose a smaller one"
            )
        data = base64.b64encode(zlib.compress(stored.tobytes(), 9)).decode("ascii")
        try:
            return cls(shape=(stored.shape[0], stored.shape[1]), data=data, name=name, source=source)
        except ValidationError as error:
            raise InvalidEdit.from_validation(error, "this is no exemplar") from error

    @classmethod
    def from_region(
        cls, label_map: LabelMap, region: Region, *, name: str = "", source: str = ""
    ) -> "Exemplar":
        """The labels of a region as an exemplar.

        Parameters
        ----------
        label_map : LabelMap
        region : corners of a polygon (row, column), Box, or bool [H, W]
            What lies outside the picture is left out.
        name, source : str
            See `Exemplar`.

        Raises
        ------
        InvalidEdit
            If the region has no pixel in the picture, or is larger than 128 pixels along a side.
        """
        inside = _region_mask(region, label_map.shape)
        box = Box.around(inside)
        if box is None:
            raise InvalidEdit("the region has no pixel in the picture; choose one that shows the tissue")
        patch = np.where(inside, label_map.labels, np.uint8(OUTSIDE))[box.slices]
        return cls.from_labels(patch, name=name, source=source)

    def __repr__(self) -> str:
        called = f"{self.name!r}, " if self.name else ""
        return f"Exemplar({called}{self.shape[0]} x {self.shape[1]}, elements {self.elements})"

    __str__ = __repr__


@lru_cache(maxsize=256)
def _unpack(shape: tuple[int, int], data: str) -> np.ndarray:
    """The labels in an exemplar's data, uint8 [h, w], read-only."""
    rows, columns = shape
    try:
        packed = base64.b64decode(data, validate=True)
        # No more than is needed is unpacked, whatever the data claim.
        stored = zlib.decompressobj().decompress(packed, rows * columns + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError(f"the exemplar's data are no compressed labels in base64 ({error})") from error
    if len(stored) != rows * columns:
        raise ValueError(f"the exemplar's data do not hold the labels of {rows} x {columns} pixels")
    return np.frombuffer(stored, dtype=np.uint8).reshape(rows, columns)


def _region_mask(region: Region, shape: tuple[int, int]) -> np.ndarray:
    """The pixels of a region, bool [H, W]."""
    if isinstance(region, Box):
        return polygon_mask(region.corners, shape)
    if isinstance(region, np.ndarray) and region.dtype == bool:
        if region.shape != shape:
            raise InvalidEdit(f"the region has {region.shape} pixels and the label map {shape}")
        return region
    return polygon_mask(check_corners(region), shape)
