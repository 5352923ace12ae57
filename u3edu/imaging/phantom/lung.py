"""Vessels and bronchi of the lungs, seen in one axial slice: dots, short strands and branches."""

import numpy as np

from u3edu.imaging.phantom.canvas import TissueCanvas
from u3edu.imaging.phantom.outline import Outline, ellipse, ribbon
from u3edu.imaging.phantom.tissues import ChestTissue as T

# A vessel leaves the slice sooner or later; most are seen over 3 to 25 mm.
_SHORTEST, _LONGEST = 2.0, 14.0


def paint_vessels(
    canvas: TissueCanvas, rng: np.random.Generator, hilum: tuple[float, float], outline: Outline
) -> None:
    """Paint one lung's vessels and bronchi over lung only.

    Calibre falls from the hilum to the pleura; a branch runs away from the hilum, as does a
    vessel's long axis; vessels at right angles to the slice are dots.

    Parameters
    ----------
    canvas : TissueCanvas
    rng : numpy.random.Generator
    hilum : (x, y) in mm
    outline : Outline
        The lung.
    """
    centre = np.asarray(hilum)
    reach = float(np.linalg.norm(outline - centre, axis=1).max())
    for number in range(rng.integers(5, 8)):
        angle = 2 * np.pi * number / 6 + rng.normal(0, 0.35)
        length = reach * rng.uniform(0.15, 0.35)
        _paint_branch(canvas, rng, centre, angle, rng.uniform(3.5, 7.0), length, int(rng.integers(1, 4)))
    low, high = outline.min(axis=0), outline.max(axis=0)
    for _ in range(300):
        where = rng.uniform(low, high)
        away = where - centre
        distance = float(np.linalg.norm(away)) / reach
        # Denser near the hilum, and none in the outermost millimetres (see the width below).
        if rng.random() > 1.15 - 0.85 * distance:
            continue
        width = float(np.clip(3.4 * (1 - distance) * rng.uniform(0.5, 1.3), 0.7, 4.5))
        if rng.random() < 0.6:
            radii = (width * 0.55, width * rng.uniform(0.5, 0.8))
            dot = ellipse((float(where[0]), float(where[1])), radii, rng.uniform(0, 180))
            canvas.fill(dot, T.LUNG_VESSEL, (T.LUNG,))
            if width > 2.4 and rng.random() < 0.5:
                _paint_bronchus(canvas, where + rng.normal(0, 1, 2) + (width, 0), width * 0.75)
        else:
            angle = float(np.arctan2(away[1], away[0])) + rng.normal(0, 0.45)
            length = rng.uniform(_SHORTEST, _SHORTEST + _LONGEST * (1.0 - min(distance, 1.0)))
            _paint_branch(canvas, rng, where, angle, 0.8 * width, length, 1)


def _paint_branch(
    canvas: TissueCanvas,
    rng: np.random.Generator,
    start: np.ndarray,
    angle: float,
    width: float,
    length: float,
    generations: int,
) -> None:
    """A tapering strand that forks at its end."""
    bend = rng.normal(0, 0.18)
    middle = start + 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
    end = middle + 0.5 * length * np.array([np.cos(angle + bend), np.sin(angle + bend)])
    if rng.random() < 0.85 or generations > 2:  # the others run out of the slice
        strand = ribbon([start, middle, end], [width, 0.85 * width, 0.62 * width])
        canvas.fill(strand, T.LUNG_VESSEL, (T.LUNG,))
    if generations <= 1 or width < 1.0:
        return
    for turn in (rng.uniform(0.2, 0.6), -rng.uniform(0.2, 0.6)):
        shorter = length * rng.uniform(0.4, 0.9)
        _paint_branch(canvas, rng, end, angle + bend + turn, 0.62 * width, shorter, generations - 1)


def _paint_bronchus(canvas: TissueCanvas, where: np.ndarray, radius: float) -> None:
    """A bronchus in cross-section: air in a thin wall."""
    place = (float(where[0]), float(where[1]))
    canvas.fill(ellipse(place, (radius + 0.7, radius + 0.7)), T.AIRWAY_WALL, (T.LUNG,))
    canvas.fill(ellipse(place, (radius, radius)), T.AIRWAY, (T.AIRWAY_WALL,))
