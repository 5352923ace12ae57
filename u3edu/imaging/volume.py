"""A Volume: the slices of a series as one block, with the way from voxels to the patient."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Volume:
    """Parallel, evenly spaced slices as one block.

    Parameters
    ----------
    values : float32 [D, H, W]
        HU (CT) or signal (MR); slices, rows, columns.
    affine : float64 [4, 4]
        ``affine @ (slice, row, column, 1)`` is a voxel's centre in mm in the patient's
        coordinates (DICOM: x to the left, y to the back, z to the head). Where the gantry was
        tilted, the first column is not at right angles to the others.
    spacing : tuple of float
        mm from slice to slice (along the slice normal), row to row, column to column.
    tilt : float
        Angle in degrees by which the slices are shifted against each other; 0 for a box.
    """

    values: np.ndarray
    affine: np.ndarray
    spacing: tuple[float, float, float]
    tilt: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows and columns."""
        depth, rows, columns = self.values.shape
        return depth, rows, columns

    def __repr__(self) -> str:
        depth, rows, columns = self.shape
        lengths = " x ".join(f"{length:.3g}" for length in self.spacing)
        tilted = f", tilted by {self.tilt:.1f} degrees" if self.tilt > 0.5 else ""
        return f"Volume({depth} x {rows} x {columns}, {lengths} mm{tilted})"
