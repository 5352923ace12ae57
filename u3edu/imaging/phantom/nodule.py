"""A pulmonary nodule of given size, density and margin, and the regions that it takes up."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from u3edu.imaging.phantom.outline import Outline, ribbon, wobble

Density = Literal["solid", "part-solid", "ground-glass"]
Margin = Literal["smooth", "lobulated", "spiculated"]
DENSITIES: tuple[Density, ...] = ("solid", "part-solid", "ground-glass")
MARGINS: tuple[Margin, ...] = ("smooth", "lobulated", "spiculated")


@dataclass(frozen=True)
class Nodule:
    """A nodule in a lung.

    Parameters
    ----------
    diameter : float
        Longest axis of its body in mm without spicules, 3 to 50.
    density : str
        ``"solid"``, ``"part-solid"`` or ``"ground-glass"``.
    margin : str
        ``"smooth"``, ``"lobulated"`` or ``"spiculated"``.
    side : str
        The patient's ``"right"`` or ``"left"`` lung.
    cavity : float
        Diameter of an air-filled cavity as a share of the nodule's, 0 for none, 0.6 at most.
    pleural_tag : bool
        A strand to the nearest pleura.
    solid_share : float
        Diameter of the solid core of a part-solid nodule as a share of the nodule's.
    """

    diameter: float
    density: Density = "solid"
    margin: Margin = "smooth"
    side: Literal["right", "left"] = "right"
    cavity: float = 0.0
    pleural_tag: bool = False
    solid_share: float = 0.45

    def __post_init__(self) -> None:
        if not 3 <= self.diameter <= 50:
            raise ValueError(f"a nodule's diameter is 3 to 50 mm; got {self.diameter}")
        if self.density not in DENSITIES:
            raise ValueError(f"density is one of {', '.join(DENSITIES)}; got {self.density!r}")
        if self.margin not in MARGINS:
            raise ValueError(f"margin is one of {', '.join(MARGINS)}; got {self.margin!r}")
        if self.side not in ("right", "left"):
            raise ValueError(f"side is right or left, the patient's; got {self.side!r}")
        if not 0 <= self.cavity <= 0.6:
            raise ValueError(f"a cavity takes up 0 to 0.6 of the diameter; got {self.cavity}")
        if not 0.1 <= self.solid_share <= 0.8:
            raise ValueError(f"the solid core takes up 0.1 to 0.8 of the diameter; got {self.solid_share}")
        if self.cavity and self.density != "solid":
            raise ValueError("a cavity is drawn in solid nodules only; leave one of the two out")


def draw_nodule(rng: np.random.Generator) -> Nodule:
    """A random nodule."""
    density = DENSITIES[rng.choice(3, p=[0.6, 0.2, 0.2])]
    diameter = float(rng.uniform(6, 28))
    hollow = density == "solid" and diameter > 14 and rng.random() < 0.25
    return Nodule(
        diameter=diameter,
        density=density,
        margin=MARGINS[rng.integers(3)],
        side="right" if rng.random() < 0.5 else "left",
        cavity=float(rng.uniform(0.3, 0.6)) if hollow else 0.0,
        pleural_tag=bool(rng.random() < 0.3),
        solid_share=float(rng.uniform(0.3, 0.6)),
    )


@dataclass(frozen=True, eq=False)
class NoduleShape:
    """The outlines of a nodule around (0, 0), in mm.

    Parameters
    ----------
    body : Outline
    spicules : tuple of Outline
        Thin tapering strands outwards.
    core : Outline or None
        The solid part of a part-solid nodule, or the cavity of a cavitating one.
    """

    body: Outline
    spicules: tuple[Outline, ...]
    core: Outline | None


def nodule_shape(nodule: Nodule, rng: np.random.Generator) -> NoduleShape:
    """Draw a nodule's outlines.

    Parameters
    ----------
    nodule : Nodule
    rng : numpy.random.Generator
        For everything that `nodule` leaves open.

    Returns
    -------
    NoduleShape
        The longest axis of its body is `nodule.diameter`; its core lies inside its body.
    """
    angles = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    stretch = rng.uniform(0.82, 1.0)
    radii = 1 / np.sqrt(np.cos(angles) ** 2 + (np.sin(angles) / stretch) ** 2)
    if nodule.margin == "smooth":
        radii = radii * (1 + wobble(rng, angles, 0.03, range(2, 4)))
    else:
        radii = radii * (1 + wobble(rng, angles, 0.16, range(3, 7)))
    turn = rng.uniform(0, 2 * np.pi)
    unit = np.stack([np.cos(angles + turn), np.sin(angles + turn)], axis=1) * radii[:, None]
    body = unit * nodule.diameter / _longest_axis(unit)
    spicules = []
    if nodule.margin == "spiculated":
        for angle in np.linspace(0, 2 * np.pi, rng.integers(11, 18), endpoint=False) + rng.normal(0, 0.1):
            index = int(angle / (2 * np.pi) * 240) % 240
            start, end = 0.8 * body[index], body[index] * rng.uniform(1.3, 1.9)
            bent = (start + end) / 2 + rng.normal(0, 0.04 * nodule.diameter, 2)
            spicules.append(ribbon([start, bent, end], [0.10 * nodule.diameter, 0.9, 0.3]))
    share = nodule.cavity if nodule.cavity else nodule.solid_share
    core = None
    if nodule.cavity or nodule.density == "part-solid":
        arm = body * share
        # Off the middle, but never nearer to the margin than a tenth of the diameter.
        core = arm + rng.uniform(-0.5, 0.5, 2) * (0.36 - share / 2) * nodule.diameter * 0.8
    return NoduleShape(body, tuple(spicules), core)


def _longest_axis(outline: Outline) -> float:
    """Largest distance between two points of an outline."""
    angles = np.radians(np.arange(0, 180, 0.5))
    along = outline @ np.stack([np.cos(angles), np.sin(angles)])
    return float((along.max(axis=0) - along.min(axis=0)).max())
