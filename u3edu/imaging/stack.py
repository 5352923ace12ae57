"""How the slices of a series lie to each other: distances, gantry tilt, and whether they make a volume."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import acos, degrees

import numpy as np

from u3edu.imaging.geometry import Plane, Vector, parallel_plane, vector

# Headers give positions in decimals, often of a hundredth of a millimetre.
ROUNDING_MM = 0.02
# Distances that differ by more than this share of the usual one are unequal.
TOLERANCE = 0.02
# Planes are called tilted or oblique from here on; table drift and rounding stay below.
TILT_DEGREES = 0.5
OBLIQUE_DEGREES = 5.0


@dataclass(frozen=True)
class Stack:
    """How the slices of a series lie to each other.

    Parameters
    ----------
    spacing : float or None
        Distance from slice to slice along their normal in mm; None where it is not the same
        throughout, or unknown.
    step : tuple of float or None
        From the corner of a slice to that of the next, in mm; None where they make no volume.
    tilt : float
        Angle in degrees between `step` and the normal, as a tilted gantry leaves it.
    obstacle : str
        Why the slices make no volume; empty where they do.
    remarks : tuple of str
        What a reader should know: unequal distances, tilt, oblique planes.
    """

    spacing: float | None = None
    step: Vector | None = None
    tilt: float = 0.0
    obstacle: str = ""
    remarks: tuple[str, ...] = ()


def measure_stack(planes: Sequence[Plane | None]) -> Stack:
    """Measure how slices lie to each other.

    Parameters
    ----------
    planes : sequence of Plane or None
        In the order of the slices.

    Returns
    -------
    Stack
    """
    known = [plane for plane in planes if plane is not None]
    if not known:
        return Stack(obstacle="the slices don't say where they lie in the patient")
    if len(known) < len(planes):
        missing = (
            f"{len(planes) - len(known)} of {len(planes)} slices don't say where they lie in the patient"
        )
        return Stack(obstacle=missing, remarks=(missing,))
    first = known[0]
    remarks = []
    if first.obliquity > OBLIQUE_DEGREES:
        remarks.append(f"oblique, {first.obliquity:.0f} degrees from {first.view}")
    if parallel_plane(known) is None:
        return Stack(obstacle="the slices are not parallel", remarks=("the slices are not parallel",))
    if any(np.dot(first.along_row, plane.along_row) < 0.9998 for plane in known):
        remarks.append("the slices are turned against each other about their normal")
        return Stack(obstacle=remarks[-1], remarks=tuple(remarks))
    if len(known) == 1:
        return Stack(obstacle="it is one slice alone", remarks=tuple(remarks))
    return _measure_parallel(known, remarks)


def _measure_parallel(planes: list[Plane], remarks: list[str]) -> Stack:
    """The stack of two or more parallel slices that are not turned against each other."""
    corners = np.array([plane.corner for plane in planes])
    normal = np.array(planes[0].normal)
    gaps = np.diff(corners @ normal)
    usual = float(np.median(np.abs(gaps)))
    if np.abs(gaps).min() <= ROUNDING_MM:
        remarks.append(
            f"{int((np.abs(gaps) <= ROUNDING_MM).sum()) + 1} or more slices lie in one place "
            "(several times, echoes or runs in one series)"
        )
        return Stack(obstacle=remarks[-1], remarks=tuple(remarks))
    allowed = TOLERANCE * usual + ROUNDING_MM
    if np.abs(gaps - usual).max() > allowed:
        where = int(np.argmax(np.abs(gaps - usual)))
        remarks.append(
            f"unequal slice distances, {gaps.min():.2f} to {gaps.max():.2f} mm (usual {usual:.2f} mm; "
            f"{gaps[where]:.2f} mm after slice {where + 1})"
        )
        return Stack(obstacle=remarks[-1], remarks=tuple(remarks))
    step = (corners[-1] - corners[0]) / (len(corners) - 1)
    strays = np.linalg.norm(corners - corners[0] - np.arange(len(corners))[:, None] * step, axis=1)
    if strays.max() > allowed + 0.5 * usual:
        remarks.append(f"the slices are shifted sideways unevenly, by up to {strays.max():.1f} mm")
        return Stack(spacing=usual, obstacle=remarks[-1], remarks=tuple(remarks))
    spacing = float(step @ normal)
    tilt = degrees(acos(min(1.0, spacing / float(np.linalg.norm(step)))))
    if tilt > TILT_DEGREES:
        remarks.append(f"gantry tilt of {tilt:.1f} degrees: each slice is shifted against the one before")
    return Stack(spacing=spacing, step=vector(step), tilt=tilt, remarks=tuple(remarks))
