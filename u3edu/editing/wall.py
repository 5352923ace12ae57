"""Geometry of a hollow organ's wall: the outward normal, and what lies along it."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.editing.outline import Point

# Connected here means over edges and corners: thin layers run diagonally.
TOUCHING = np.ones((3, 3), dtype=bool)
# How far from a point, in mm, its lumen or lesion may be.
NEAR = 10.0


def piece_near(inside: np.ndarray, point: Point, spacing: tuple[float, float], what: str) -> np.ndarray:
    """The connected piece (over edges and corners) that is nearest to a point.

    Parameters
    ----------
    inside : bool [H, W]
    point : (row, column)
    spacing : (row, column) in mm
    what : str
        What the piece is, for the message.

    Returns
    -------
    bool [H, W]

    Raises
    ------
    InvalidEdit
        If there is none within 10 mm of the point.
    """
    places = np.argwhere(inside)
    if len(places):
        squared = (((places - np.asarray(point)) * spacing) ** 2).sum(axis=1)
        nearest = places[squared.argmin()]
        if squared.min() <= NEAR**2:
            pieces, _ = ndimage.label(inside, TOUCHING)
            piece: np.ndarray = pieces == pieces[tuple(nearest)]
            return piece
    raise InvalidEdit(f"there is no {what} within {NEAR:g} mm of row {point[0]:g}, column {point[1]:g}")


class Lumen:
    """The inside of a hollow organ, and the outward normals of its wall.

    The normals are those of its convex hull: folds of the wall do not turn them.

    Parameters
    ----------
    hull : float64 [N, 2]
        Corners (row, column) in mm of a convex polygon; one corner is a point, whose normals
        run straight away from it.
    """

    def __init__(self, hull: np.ndarray) -> None:
        self.hull = hull

    @classmethod
    def around(cls, label_map: LabelMap, point: Point, elements: Sequence[int]) -> "Lumen":
        """The lumen at a point.

        Parameters
        ----------
        label_map : LabelMap
        point : (row, column)
        elements : sequence of int
            What the lumen is made of; without any, the point itself stands for it.

        Raises
        ------
        InvalidEdit
            If there is no such element near the point.
        """
        spacing = label_map.acquisition.spacing
        if not elements:
            return cls(np.asarray([point]) * spacing)
        piece = piece_near(np.isin(label_map.labels, list(elements)), point, spacing, "lumen")
        places = np.argwhere(piece) * np.asarray(spacing)
        try:
            return cls(places[ConvexHull(places).vertices])
        except QhullError:  # fewer than three pixels, or all in a line
            return cls(places.mean(axis=0, keepdims=True))

    def normals(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outward unit normals at places outside the lumen or in it.

        Parameters
        ----------
        places : float64 [N, 2]
            (row, column) in mm.

        Returns
        -------
        normals : float64 [N, 2]
            0 where a place lies on the hull's outline itself.
        distance : float64 [N]
            From the hull in mm, negative inside.
        """
        start, end = self.hull, np.roll(self.hull, -1, axis=0)
        along = end - start
        length = np.maximum((along**2).sum(axis=1), 1e-12)
        nearest = np.full(len(places), np.inf)
        arms = np.zeros_like(places)
        inside = np.full(len(places), len(start) > 2)
        for corner, edge, squared in zip(start, along, length, strict=True):
            offset = places - corner
            foot = np.clip((offset @ edge) / squared, 0.0, 1.0)[:, None] * edge
            arm = offset - foot
            distance = (arm**2).sum(axis=1)
            closer = distance < nearest
            nearest[closer], arms[closer] = distance[closer], arm[closer]
            # SciPy gives the hull's corners in one sense: anticlockwise as (row, column).
            inside &= edge[0] * offset[:, 1] - edge[1] * offset[:, 0] > 0
        reach = np.sqrt(nearest)
        sign = np.where(inside, -1.0, 1.0)
        return sign[:, None] * arms / np.maximum(reach, 1e-9)[:, None], sign * reach


def normals_from_region(
    region: np.ndarray, places: np.ndarray, spacing: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Outward unit normals of a region itself, and the distance from it in mm.

    Parameters
    ----------
    region : bool [H, W]
    places : int [N, 2]
        Pixels (row, column). Those inside the region get the direction to the nearest pixel
        outside it, and a negative distance.
    spacing : (row, column) in mm

    Returns
    -------
    normals : float64 [N, 2]
    distance : float64 [N]
    """
    normals, distances = np.zeros(places.shape), np.zeros(len(places))
    for mask, sign in ((~region, 1.0), (region, -1.0)):
        distance, nearest = ndimage.distance_transform_edt(mask, sampling=spacing, return_indices=True)
        here = mask[tuple(places.T)]
        chosen = places[here]
        arms = (chosen - nearest[:, chosen[:, 0], chosen[:, 1]].T) * np.asarray(spacing)
        reach = distance[tuple(chosen.T)]
        normals[here] = sign * arms / np.maximum(reach, 1e-9)[:, None]
        distances[here] = sign * reach
    return normals, distances


def walk(
    values: np.ndarray,
    places: np.ndarray,
    normals: np.ndarray,
    steps: np.ndarray,
    spacing: tuple[float, float],
) -> np.ndarray:
    """The values of the pixels met on the way along normals.

    Parameters
    ----------
    values : [H, W]
    places : int [N, 2]
        Pixels (row, column) to start from.
    normals : float64 [N, 2]
        In mm; a negative step walks against them.
    steps : float64 [T]
        In mm.
    spacing : (row, column) in mm

    Returns
    -------
    [N, T]
        Beyond the frame, the value at the frame.
    """
    pixels = places[:, None, :] + normals[:, None, :] * steps[None, :, None] / np.asarray(spacing)
    met = np.clip(np.floor(pixels + 0.5).astype(int), 0, np.asarray(values.shape) - 1)
    return values[met[..., 0], met[..., 1]]
