"""Outlines of lesions around (0, 0) in mm: smooth or lobulated, and the spicules of a spiculated one."""

from typing import Literal

import numpy as np

from u3edu.editing.draws import Draws

Margin = Literal["smooth", "lobulated", "spiculated"]
_TURN = 2 * np.pi
# Share of the radius by which an outline swings: hardly to be seen, and plainly.
_SWING: dict[Margin, float] = {"smooth": 0.03, "lobulated": 0.24, "spiculated": 0.08}


def swing(draws: Draws, angles: np.ndarray, waves: range) -> np.ndarray:
    """A random periodic function of angles in radians, from -1 to 1; `waves` per turn."""
    heights = draws.uniform(0.5, 1.0, len(waves))
    phases = draws.uniform(0.0, _TURN, len(waves))
    total = sum(
        height * np.cos(wave * angles + phase)
        for wave, height, phase in zip(waves, heights, phases, strict=True)
    )
    return np.asarray(total) / heights.sum()


def lesion_outline(diameter: float, margin: Margin, draws: Draws, points: int = 144) -> np.ndarray:
    """The outline of a rounded lesion, without spicules.

    Parameters
    ----------
    diameter : float
        The longest axis in mm.
    margin : str
    draws : Draws
    points : int
        Corners of the outline; by default one every 2.5 degrees.

    Returns
    -------
    float64 [points, 2]
        (row, column) in mm around (0, 0).
    """
    angles = np.linspace(0, _TURN, points, endpoint=False)
    stretch, turn = float(draws.uniform(0.8, 1.0, 1)[0]), float(draws.uniform(0.0, np.pi, 1)[0])
    radii = 1 / np.hypot(np.cos(angles - turn), np.sin(angles - turn) / stretch)
    waves = range(2, 4) if margin == "smooth" else range(3, 7)
    height = swing(draws, angles, waves)
    if margin == "lobulated":
        # Lobules are round, and the notches between them narrow.
        height = 2 * np.sqrt((1 + height) / 2) - 1
    radii = radii * (1 + _SWING[margin] * height)
    outline = radii[:, None] * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return outline * diameter / longest_axis(outline)


def longest_axis(outline: np.ndarray) -> float:
    """The largest distance between two corners of an outline [N, 2]."""
    return float(np.sqrt(((outline[:, None] - outline[None]) ** 2).sum(axis=2).max()))


def widened(outline: np.ndarray, distance: float) -> np.ndarray:
    """An outline around (0, 0) [N, 2] moved outwards along its normals by a distance in mm."""
    along = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1)
    normals /= np.hypot(along[:, 0], along[:, 1])[:, None]
    # The outlines here are star-shaped: outwards is away from the middle.
    outwards = np.sign((normals * outline).sum(axis=1))[:, None]
    return outline + distance * outwards * normals


def spicule(foot: np.ndarray, tip: np.ndarray, width: float, bend: float, thinnest: float) -> np.ndarray:
    """A strand that tapers from its foot to its tip.

    Parameters
    ----------
    foot, tip : float64 [2]
        (row, column) in mm.
    width : float
        At the foot, in mm.
    bend : float
        How far its middle lies beside the straight line, as a share of its length.
    thinnest : float
        Width in mm below which it does not taper; with 1.5 pixels it falls into no pieces.

    Returns
    -------
    float64 [N, 2]
    """
    along = tip - foot
    across = np.array([-along[1], along[0]])
    share = np.linspace(0, 1, 9)[:, None]
    middle = foot + share * along + 4 * bend * share * (1 - share) * across
    half = np.maximum((1 - 0.85 * share) * width, thinnest) / 2 * across / max(float(np.hypot(*across)), 1e-9)
    return np.concatenate([middle + half, (middle - half)[::-1]])


def spicules(outline: np.ndarray, size: float, draws: Draws, thinnest: float) -> tuple[np.ndarray, ...]:
    """Spicules around a lesion: all round, of uneven length, width and direction.

    Parameters
    ----------
    outline : float64 [N, 2]
        Of the lesion, in mm around (0, 0).
    size : float
        The lesion's diameter in mm; spicules reach 0.15 to 0.55 of it beyond its outline.
    draws : Draws
    thinnest : float
        See `spicule`.

    Returns
    -------
    tuple of float64 [N, 2]
    """
    count = 11 + draws.one_below(6)
    at = (np.arange(count) / count * len(outline) + draws.uniform(-4, 4, count)).astype(int) % len(outline)
    # Many are short and few are long, and none runs quite straight away from the middle.
    lengths = (0.15 + 0.4 * draws.uniform(0, 1, count) ** 1.5) * size
    bends, leans = draws.uniform(-0.18, 0.18, count), draws.uniform(-0.35, 0.35, count)
    widths = max(0.1 * size, 1.2) * draws.uniform(0.6, 1.1, count)
    strands = []
    for index, length, bend, lean, width in zip(at, lengths, bends, leans, widths, strict=True):
        arm = outline[index]
        row, column = arm / max(float(np.hypot(*arm)), 1e-9)
        direction = np.array(
            [
                np.cos(lean) * row - np.sin(lean) * column,
                np.sin(lean) * row + np.cos(lean) * column,
            ]
        )
        # From inside the body, so that the strand is joined to it.
        strands.append(spicule(0.8 * arm, arm + length * direction, width, bend, thinnest))
    return tuple(strands)
