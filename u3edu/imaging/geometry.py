"""Where a DICOM picture lies: pixel spacing, and its plane in the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import acos, degrees
from typing import Any

import numpy as np
from pydicom import Dataset

Vector = tuple[float, float, float]

# The patient's axes in DICOM (PS3.3 C.7.6.2.1.1): x to the left, y to the back, z to the head.
VIEWS = ("sagittal", "coronal", "axial")


def _numbers(dataset: Dataset, keyword: str, count: int) -> np.ndarray | None:
    """`count` finite numbers under `keyword`, or None where the file has no such thing."""
    value: Any = dataset.get(keyword)
    if value is None or isinstance(value, str) or not hasattr(value, "__len__") or len(value) != count:
        return None
    numbers = np.array([float(number) for number in value])
    return numbers if np.isfinite(numbers).all() else None


def pixel_spacing(dataset: Dataset) -> tuple[float, float] | None:
    """Distance between pixel centres in mm (row to row, column to column).

    PixelSpacing, else ImagerPixelSpacing (at the detector, not in the patient, but the best
    such a file has); None where neither is two positive numbers.
    """
    for keyword in ("PixelSpacing", "ImagerPixelSpacing"):
        spacing = _numbers(dataset, keyword, 2)
        if spacing is not None and (spacing > 0).all():
            return float(spacing[0]), float(spacing[1])
    return None


@dataclass(frozen=True)
class Plane:
    """The plane that a picture lies in, in the patient's coordinates (DICOM PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    corner : tuple of float
        Centre of the first pixel, in mm.
    along_row : tuple of float
        Unit vector that points from a pixel to its right neighbour.
    along_column : tuple of float
        Unit vector that points from a pixel to the one below.
    """

    corner: Vector
    along_row: Vector
    along_column: Vector

    @property
    def normal(self) -> Vector:
        """Unit vector along the slice axis: the direction of rows times that of columns."""
        normal = np.cross(self.along_row, self.along_column)
        return vector(normal / np.linalg.norm(normal))

    @property
    def position(self) -> float:
        """Distance of the plane from the origin along `normal`, in mm."""
        return float(np.dot(self.normal, self.corner))

    @property
    def view(self) -> str:
        """``"axial"``, ``"coronal"`` or ``"sagittal"``: the nearest of the three."""
        return VIEWS[int(np.argmax(np.abs(self.normal)))]

    @property
    def obliquity(self) -> float:
        """Angle in degrees between the plane and the nearest of the three views."""
        return degrees(acos(min(1.0, float(np.abs(self.normal).max()))))

    def is_parallel_to(self, other: "Plane") -> bool:
        """Whether the normals differ by less than about a degree (0.9998 is cos 1.1 degrees)."""
        return float(np.dot(self.normal, other.normal)) > 0.9998


def parallel_plane(planes: Sequence[Plane | None]) -> Plane | None:
    """The first of some planes, where all lie in its direction; None where not, or where one is unknown."""
    first = planes[0] if planes else None
    if first is None or not all(plane and first.is_parallel_to(plane) for plane in planes):
        return None
    return first


def slice_plane(dataset: Dataset) -> Plane | None:
    """The plane of a picture; None where orientation or position is missing or degenerate."""
    orientation = _numbers(dataset, "ImageOrientationPatient", 6)
    corner = _numbers(dataset, "ImagePositionPatient", 3)
    if orientation is None or corner is None:
        return None
    lengths = np.linalg.norm(orientation[:3]), np.linalg.norm(orientation[3:])
    if not all(1e-3 < length < 1e3 for length in lengths):
        return None
    along_row, along_column = orientation[:3] / lengths[0], orientation[3:] / lengths[1]
    if float(np.linalg.norm(np.cross(along_row, along_column))) < 1e-6:
        return None
    return Plane(vector(corner), vector(along_row), vector(along_column))


def vector(numbers: np.ndarray) -> Vector:
    """Three numbers as a tuple."""
    x, y, z = (float(number) for number in numbers)
    return x, y, z
