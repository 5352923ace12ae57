"""Closed outlines in mm that anatomy is drawn with: ellipses, splines, ribbons, and how they vary."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

# Outlines are float64 [N, 2] of (x, y) in mm: x to the right of the picture (the patient's
# left), y downwards (posterior); the origin is the middle of the body.
Outline = npt.NDArray[np.float64]
Points = Sequence[tuple[float, float]]


def ellipse(
    centre: tuple[float, float], radii: tuple[float, float], degrees: float = 0.0, exponent: float = 2.0
) -> Outline:
    """A superellipse.

    Parameters
    ----------
    centre, radii : (x, y) in mm
    degrees : float
        Turned clockwise as seen on the picture.
    exponent : float
        2 for an ellipse, more for squarer ends.

    Returns
    -------
    float64 [180, 2]
    """
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    x = radii[0] * np.sign(cosine) * np.abs(cosine) ** (2 / exponent)
    y = radii[1] * np.sign(sine) * np.abs(sine) ** (2 / exponent)
    turn = np.radians(degrees)
    turned = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=1)
    return turned + np.asarray(centre, dtype=np.float64)


def closed_spline(points: Points) -> Outline:
    """A smooth closed curve through `points`, float64 [24 N, 2]."""
    control = np.asarray([*points, points[0]], dtype=np.float64)
    at = _chord_lengths(control)
    dense = np.linspace(0, at[-1], 24 * len(points), endpoint=False)
    return CubicSpline(at, control, bc_type="periodic")(dense)


def open_spline(points: Points, count: int = 40) -> Outline:
    """A smooth line through `points`, float64 [count, 2]; two points give a straight one."""
    control = np.asarray(points, dtype=np.float64)
    at = _chord_lengths(control)
    dense = np.linspace(0, at[-1], count)
    if len(control) == 2:
        return control[0] + dense[:, None] / at[-1] * (control[1] - control[0])
    return CubicSpline(at, control)(dense)


def ribbon(line: npt.ArrayLike, widths: npt.ArrayLike) -> Outline:
    """The band around a line.

    Parameters
    ----------
    line : array-like [N, 2]
        Points in mm, N at least 2.
    widths : array-like
        Width in mm: one for all, or evenly spread along the line.

    Returns
    -------
    float64 [2 N, 2]
    """
    centre = np.asarray(line, dtype=np.float64)
    given = np.atleast_1d(np.asarray(widths, dtype=np.float64))
    width = np.interp(np.linspace(0, 1, len(centre)), np.linspace(0, 1, len(given)), given)
    direction = np.gradient(centre, axis=0)
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * width[:, None] / 2
    return np.concatenate([centre + normal, (centre - normal)[::-1]])


def mirrored(outline: npt.ArrayLike) -> Outline:
    """The same on the other side of the body."""
    return np.asarray(outline, dtype=np.float64) * (-1.0, 1.0)


def wobble(rng: np.random.Generator, angles: np.ndarray, amplitude: float, harmonics: range) -> np.ndarray:
    """A smooth periodic variation around 0, of `amplitude` at most, over `angles` in radians."""
    strengths = rng.uniform(0.3, 1.0, len(harmonics))
    phases = rng.uniform(0, 2 * np.pi, len(harmonics))
    orders = np.array(list(harmonics))
    waves = np.cos(np.asarray(angles)[..., None] * orders + phases) @ strengths
    return amplitude * waves / strengths.sum()


def uneven(
    outline: Outline, rng: np.random.Generator, share: float, harmonics: range = range(2, 7)
) -> Outline:
    """The outline with its distance from the centre varied by up to `share` of itself."""
    centre = outline.mean(axis=0)
    arm = outline - centre
    angles = np.arctan2(arm[:, 1], arm[:, 0])
    return centre + arm * (1 + wobble(rng, angles, share, harmonics))[:, None]


class Deformation:
    """A smooth displacement of the whole body that makes one patient differ from the next.

    Parameters
    ----------
    rng : numpy.random.Generator
    amplitude : float
        Largest displacement in mm along each axis.
    wavelengths : (shortest, longest) in mm
    """

    def __init__(
        self, rng: np.random.Generator, amplitude: float, wavelengths: tuple[float, float] = (90.0, 300.0)
    ) -> None:
        count = 5
        direction = rng.uniform(0, 2 * np.pi, (2, count))
        frequency = 2 * np.pi / rng.uniform(*wavelengths, (2, count))
        self._waves = np.stack([frequency * np.cos(direction), frequency * np.sin(direction)])
        self._phases = rng.uniform(0, 2 * np.pi, (2, count))
        strength = rng.uniform(0.3, 1.0, (2, count))
        self._strengths = amplitude * strength / strength.sum(axis=1, keepdims=True)

    def __call__(self, outline: npt.ArrayLike) -> Outline:
        """The displaced points, float64 [N, 2]."""
        points = np.asarray(outline, dtype=np.float64)
        phase = np.einsum("nd,dac->nac", points, self._waves) + self._phases
        return points + (np.sin(phase) * self._strengths).sum(axis=2)


def _chord_lengths(points: np.ndarray) -> np.ndarray:
    """Length of the way along straight lines to each point, from 0."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
