"""The rectum of the pelvic phantom: wall layers at exact distances from the lumen, in its mesorectum."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.spatial import cKDTree

from u3edu.imaging.phantom.outline import Outline, wobble

# Points of the closed curves; at a radius of 40 mm they lie 0.17 mm apart.
_CURVE_POINTS = 1440
_ANGLES = np.linspace(-np.pi, np.pi, _CURVE_POINTS, endpoint=False)


class RectalLayer(IntEnum):
    """From the lumen outwards; 0 is everything beyond the mesorectal fascia."""

    OUTSIDE = 0
    LUMEN = 1
    MUCOSA = 2
    SUBMUCOSA = 3
    MUSCULARIS_PROPRIA = 4
    MESORECTUM = 5


class Curve:
    """A closed curve around a centre, given by its radius in each direction.

    Parameters
    ----------
    centre : (x, y) in mm
    radii : float64 [1440]
        Radius in mm at angles from -pi, measured from the x axis towards y (downwards).
    """

    def __init__(self, centre: tuple[float, float], radii: np.ndarray) -> None:
        self.centre = centre
        self.radii = radii
        self._tree = cKDTree(self.outline)

    @property
    def outline(self) -> Outline:
        """The curve as points in mm."""
        directions = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
        return np.asarray(self.centre) + directions * self.radii[:, None]

    def radius(self, angles: np.ndarray | float) -> np.ndarray:
        """Radius in mm at angles in radians."""
        return np.interp(angles, _ANGLES, self.radii, period=2 * np.pi)

    def distance(self, x: np.ndarray, y: np.ndarray, most: float = np.inf) -> np.ndarray:
        """Distance of points from the curve in mm, negative inside; x and y broadcast.

        Distances above `most` are returned as infinity, of the right sign, and cost no time.
        """
        x, y = np.broadcast_arrays(x, y)
        nearest, _ = self._tree.query(np.stack([x.ravel(), y.ravel()], axis=1), distance_upper_bound=most)
        arm_x, arm_y = x - self.centre[0], y - self.centre[1]
        inside = np.hypot(arm_x, arm_y) < self.radius(np.arctan2(arm_y, arm_x))
        return np.where(inside, -1.0, 1.0) * nearest.reshape(x.shape)


def clock_angle(clock: float) -> float:
    """The angle in radians of a position on the clock face: 12 in front, 3 at the patient's left."""
    return float(np.radians(clock * 30.0 - 90.0))


@dataclass(frozen=True, eq=False)
class Rectum:
    """Lumen, wall and mesorectal fascia.

    Parameters
    ----------
    lumen : Curve
        Inner surface of the mucosa.
    mucosa, submucosa, muscularis_propria : float
        Thickness of the layers in mm; the layers' borders are lines of equal distance from the
        lumen, so that they are nested by construction.
    fascia : Curve
        Inner surface of the mesorectal fascia.
    fascia_thickness : float
        In mm.
    """

    lumen: Curve
    mucosa: float
    submucosa: float
    muscularis_propria: float
    fascia: Curve
    fascia_thickness: float

    @property
    def wall(self) -> float:
        """Thickness of the whole wall in mm."""
        return self.mucosa + self.submucosa + self.muscularis_propria

    def inner_border(self, layer: RectalLayer) -> float:
        """Distance of a layer's inner border from the lumen in mm, mucosa to mesorectum."""
        thicknesses = (self.mucosa, self.submucosa, self.muscularis_propria)
        return float(sum(thicknesses[: layer - RectalLayer.MUCOSA]))

    def room(self, clock: float) -> float:
        """Distance in mm from the wall's outside to the fascia at a position on the clock face."""
        angle = clock_angle(clock)
        reach = float(self.fascia.radius(angle))
        x, y = self.fascia.centre
        at_fascia = self.lumen.distance(
            np.array([x + reach * np.cos(angle)]), np.array([y + reach * np.sin(angle)])
        )
        return float(at_fascia[0]) - self.wall


def draw_rectum(rng: np.random.Generator, front: tuple[float, float]) -> Rectum:
    """A rectum of random shape whose mesorectal fascia touches a point in front of it.

    Parameters
    ----------
    rng : numpy.random.Generator
    front : (x, y) in mm
        The most anterior point of the fascia's outer surface.
    """
    mucosa, submucosa, muscle = rng.uniform(1.3, 1.8), rng.uniform(1.8, 2.6), rng.uniform(1.9, 2.8)
    size = rng.uniform(7.0, 14.0)
    stretch = rng.uniform(0.85, 1.25)
    radii = size / np.sqrt((np.cos(_ANGLES) / stretch) ** 2 + (np.sin(_ANGLES) * stretch) ** 2)
    radii = radii * (1 + wobble(rng, _ANGLES, 0.16, range(2, 6)))
    # Fat is thin in front of the rectum and thick beside and behind it.
    ahead = 0.5 - 0.5 * np.sin(_ANGLES)  # 1 in front, 0 behind
    beside = np.abs(np.cos(_ANGLES))
    gap = 11.0 - 6.0 * ahead**2 + 6.0 * beside**3
    gap = gap * rng.uniform(0.9, 1.2) * (1 + wobble(rng, _ANGLES, 0.15, range(1, 5)))
    fascia_radii = radii + (mucosa + submucosa + muscle) + gap
    # The fascia is smoother than the lumen that it follows; it may only get wider by that.
    kernel = np.hanning(241) / np.hanning(241).sum()
    smooth = np.convolve(
        np.concatenate([fascia_radii[-120:], fascia_radii, fascia_radii[:120]]), kernel, "valid"
    )
    fascia_radii = np.maximum(smooth, radii + mucosa + submucosa + muscle + 3.0)
    thickness = rng.uniform(0.9, 1.3)
    highest = float((fascia_radii * np.sin(_ANGLES)).min())
    centre = (front[0], front[1] - highest + thickness)
    return Rectum(Curve(centre, radii), mucosa, submucosa, muscle, Curve(centre, fascia_radii), thickness)
