"""Lengths and areas in mm, as the ruler measures them."""

import numpy as np


def polygon_area(points: np.ndarray, spacing: tuple[float, float]) -> float:
    """Area in mm² of a polygon whose sides do not cross, by the shoelace formula.

    Parameters
    ----------
    points : float [N, 2]
        Corners (row, column) in pixels.
    spacing : tuple of float
        Pixel spacing in mm (row, column).
    """
    rows, columns = points[:, 0] * spacing[0], points[:, 1] * spacing[1]
    return float(abs(np.dot(rows, np.roll(columns, -1)) - np.dot(columns, np.roll(rows, -1))) / 2)


def length(points: np.ndarray, spacing: tuple[float, float]) -> float:
    """Length in mm of a poly-line.

    Parameters
    ----------
    points : float [N, 2]
        (row, column) in pixels.
    spacing : tuple of float
        Pixel spacing in mm (row, column).
    """
    return float(np.hypot(*(np.diff(points, axis=0) * spacing).T).sum())
