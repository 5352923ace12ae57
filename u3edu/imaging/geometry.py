"""Where a DICOM picture lies: pixel spacing and position along the slice normal."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom import Dataset


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
    """The plane that a picture lies in.

    Parameters
    ----------
    normal : tuple of float
        Unit vector along the slice axis, in patient coordinates (DICOM PS3.3 C.7.6.2.1.1):
        the direction of rows times the direction of columns.
    position : float
        Distance of the plane from the origin along `normal`, in mm.
    """

    normal: tuple[float, float, float]
    position: float

    def is_parallel_to(self, other: "Plane") -> bool:
        """Whether the normals differ by less than about a degree (0.9998 is cos 1.1 degrees)."""
        return float(np.dot(self.normal, other.normal)) > 0.9998


def slice_plane(dataset: Dataset) -> Plane | None:
    """The plane of a picture; None where orientation or position is missing or degenerate."""
    orientation = _numbers(dataset, "ImageOrientationPatient", 6)
    corner = _numbers(dataset, "ImagePositionPatient", 3)
    if orientation is None or corner is None:
        return None
    normal = np.cross(orientation[:3], orientation[3:])
    length = float(np.linalg.norm(normal))
    if length < 1e-6:
        return None
    normal = normal / length
    x, y, z = (float(part) for part in normal)
    return Plane((x, y, z), float(np.dot(normal, corner)))
