"""A rectal tumour of given place, size and depth, and the region that it takes up."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from u3edu.imaging.phantom.outline import wobble
from u3edu.imaging.phantom.rectum import RectalLayer, Rectum, clock_angle

Invasion = Literal["mucosa", "submucosa", "muscularis propria", "mesorectum", "beyond fascia"]

# AJCC 8: T1 submucosa, T2 muscularis propria, T3 into the mesorectum, T4 other organs.
T_STAGES: dict[Invasion, str] = {
    "mucosa": "Tis",
    "submucosa": "T1",
    "muscularis propria": "T2",
    "mesorectum": "T3",
    "beyond fascia": "T4",
}
_LAYERS: dict[Invasion, RectalLayer] = {
    "mucosa": RectalLayer.MUCOSA,
    "submucosa": RectalLayer.SUBMUCOSA,
    "muscularis propria": RectalLayer.MUSCULARIS_PROPRIA,
    "mesorectum": RectalLayer.MESORECTUM,
}

# A tumour in the mesorectum stays this far from the fascia, in mm; nearer would be the fascia's.
CLEARANCE = 0.8


@dataclass(frozen=True)
class RectalTumour:
    """A tumour of the rectal wall.

    Parameters
    ----------
    clock : float
        Position of its middle on the clock face, 0 to 12: 12 anterior, 3 the patient's left.
    hours : float
        How much of the circumference it takes up, 0.8 to 8 hours.
    invasion : str
        The deepest layer that it reaches: ``"mucosa"``, ``"submucosa"``,
        ``"muscularis propria"``, ``"mesorectum"`` or ``"beyond fascia"``.
    depth : float
        How far it reaches into that layer, in mm from the layer's inner border.
    mucinous : bool
        With the high T2 signal of mucin.
    """

    clock: float
    hours: float
    invasion: Invasion
    depth: float
    mucinous: bool = False

    def __post_init__(self) -> None:
        if self.invasion not in T_STAGES:
            raise ValueError(f"invasion is one of {', '.join(T_STAGES)}; got {self.invasion!r}")
        if not 0 <= self.clock <= 12:
            raise ValueError(f"a position on the clock face is 0 to 12; got {self.clock}")
        if not 0.8 <= self.hours <= 8:
            raise ValueError(f"a tumour takes up 0.8 to 8 hours of the circumference; got {self.hours}")
        if not 0 < self.depth <= 25:
            raise ValueError(f"depth is in mm, above 0 and up to 25; got {self.depth}")

    @property
    def stage(self) -> str:
        """T stage (AJCC 8): Tis, T1, T2, T3 or T4."""
        return T_STAGES[self.invasion]


def deepest(rectum: Rectum, invasion: Invasion, clock: float) -> float:
    """The largest depth in mm that an invasion can have in a rectum at a clock position."""
    if invasion == "beyond fascia":
        return 8.0
    if invasion == "mesorectum":
        return rectum.room(clock) - CLEARANCE
    return {
        "mucosa": rectum.mucosa,
        "submucosa": rectum.submucosa,
        "muscularis propria": rectum.muscularis_propria,
    }[invasion]


def draw_tumour(rng: np.random.Generator, rectum: Rectum) -> RectalTumour:
    """A random tumour that fits a rectum."""
    invasion = tuple(T_STAGES)[rng.integers(len(T_STAGES))]
    clock = float(rng.uniform(0, 12))
    most = deepest(rectum, invasion, clock)
    depth = float(rng.uniform(min(0.7, 0.5 * most), min(most, 12.0)))
    hours = float(rng.uniform(1.5, 3.0) if invasion in ("mucosa", "submucosa") else rng.uniform(2.2, 5.0))
    return RectalTumour(clock, hours, invasion, depth, bool(rng.random() < 0.2))


def tumour_region(
    tumour: RectalTumour, rectum: Rectum, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Which points the tumour takes up.

    The tumour is widest at the lumen and deepest in its middle: its outer front lies at a
    distance from the lumen that falls from the whole depth in the middle to nothing at its ends.

    Parameters
    ----------
    tumour : RectalTumour
    rectum : Rectum
    x, y : float64, broadcastable to [R, C]
        Points in mm.
    rng : numpy.random.Generator
        For the unevenness of the front.

    Returns
    -------
    bool [R, C]

    Raises
    ------
    ValueError
        If the layer is not as thick there as the tumour is to be deep.
    """
    most = deepest(rectum, tumour.invasion, tumour.clock)
    if tumour.depth > most:
        raise ValueError(
            f"a depth of {tumour.depth:.1f} mm in the {tumour.invasion} has no room at "
            f"{tumour.clock:.1f} o'clock in this phantom; at most {most:.1f} mm fit"
        )
    centre = rectum.lumen.centre
    half = np.radians(tumour.hours * 30.0) / 2
    angles = np.arctan2(y - centre[1], x - centre[0])
    away = (angles - clock_angle(tumour.clock) + np.pi) % (2 * np.pi) - np.pi
    within = np.abs(away) < half
    region = np.zeros(within.shape, dtype=bool)
    x, y = np.broadcast_arrays(x, y)
    region[within] = _sector(tumour, rectum, x[within], y[within], away[within], rng)
    return region


def _sector(
    tumour: RectalTumour,
    rectum: Rectum,
    x: np.ndarray,
    y: np.ndarray,
    away: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Which points [N] of the tumour's sector it takes up; `away` is the angle from its middle."""
    share = np.abs(away) / (np.radians(tumour.hours * 30.0) / 2)
    room = rectum.room(tumour.clock)
    height = rng.uniform(0.2, 0.5) * float(rectum.lumen.radii.min())
    from_lumen = rectum.lumen.distance(x, y, most=max(rectum.wall + room, height) + 1.0)
    from_fascia = rectum.fascia.distance(x, y, most=tumour.depth + room)
    # The unevenness takes away only, and nothing in the middle, where the depth is set.
    uneven = 1 - 0.25 * share * (0.5 + 0.5 * wobble(rng, away * 2, 1.0, range(2, 7)))
    front = (1 - share**2) ** 0.55 * uneven
    raised = from_lumen > -height * (1 - share**2)
    if tumour.invasion == "beyond fascia":
        inner = (from_lumen < (rectum.wall + 0.8 * room) * front) & (from_fascia < 0)
        # Through the fascia over a narrower front, a third of the tumour's own width or less.
        column = (share < 0.75) & (from_fascia <= tumour.depth - (tumour.depth + room) * (share / 0.75) ** 2)
        return raised & (inner | column)
    total = rectum.inner_border(_LAYERS[tumour.invasion]) + tumour.depth
    return raised & (from_lumen <= total * front) & (from_fascia < 0)
