"""How faithfully a painted invasion comes out: asked depth against the depth that is found again."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from u3edu.editing.brush import BrushStroke
from u3edu.editing.difference import TOLERANCE
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.evaluation.phantom_validity import inside_border
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.rectal_tumour import RectalTumour
from u3edu.imaging.phantom.rectum import RectalLayer, clock_angle
from u3edu.imaging.phantom.truth import Phantom, depth_beyond

_BORDER = "beyond muscularis propria"

# The brush of an edit in mm, and what stays free between the painted tip and the fascia.
_BRUSH = 9.0
_CLEARANCE = 1.2
_SHALLOWEST = 0.6


@dataclass(frozen=True)
class EditOutcome:
    """One painted invasion and what came of it.

    Parameters
    ----------
    seed : int
        Of the phantom.
    clock : float
        Where it was painted.
    asked : float
        Depth beyond the muscularis propria that was painted, in mm.
    measured : float
        Depth found in the segmentation of the synthetic picture, in mm.
    overlap : float
        Dice of the painted area outside the wall with the one found there.
    relabelled : int
        Pixels outside the painted area, within the engine's halo of it, whose element changed.
    relabelled_beyond : int
        The same further away; the segmentation looks around itself and may see the edge.
    changed_beyond : int
        Pixels of the picture beyond the halo that changed at all; 0 by construction.
    """

    seed: int
    clock: float
    asked: float
    measured: float
    overlap: float
    relabelled: int
    relabelled_beyond: int
    changed_beyond: int


@dataclass(frozen=True)
class Elements:
    """Which elements of a model stand for tumour and for mesorectal fat.

    Parameters
    ----------
    tumour : int
        The element to paint with.
    tumour_like : tuple of int
        Elements whose mean intensity is nearer to that of `tumour` than to that of fat.
    """

    tumour: int
    tumour_like: tuple[int, ...]


def choose_elements(engine: Engine, seeds: Iterable[int]) -> Elements:
    """The rule: paint with the element that most pixels inside drawn tumours have.

    Parameters
    ----------
    engine : Engine
    seeds : iterable of int
        Phantoms to learn it from, with a tumour of 6 mm beyond the muscularis propria or as
        much as there is room for, at 6 o'clock; others than those that are measured.
    """
    inside, fat = (np.zeros(len(engine.elements), dtype=int) for _ in range(2))
    for seed in seeds:
        phantom = pelvic_phantom(seed, RectalTumour(6, 4, "mesorectum", 4.0))
        labels = engine.segment(phantom.picture).labels
        count = len(engine.elements)
        inside += np.bincount(labels[ndimage.binary_erosion(phantom.lesion, iterations=2)], minlength=count)
        fat += np.bincount(labels[phantom.mask("mesorectal fat")], minlength=count)
    tumour = int(inside.argmax())
    means = np.array([element.mean for element in engine.elements])
    # Fat is the commonest of the brighter elements; all darker than half-way to it is tumour-like.
    brighter = np.where(means > means[tumour], fat, 0)
    half_way = (means[tumour] + means[brighter.argmax()]) / 2
    return Elements(tumour, tuple(int(number) for number in np.flatnonzero(means < half_way)))


def paint_invasion(phantom: Phantom, clock: float, depth: float, element: int) -> BrushStroke:
    """The brush stroke that a person would make: through the wall, to a depth beyond it.

    Parameters
    ----------
    phantom : Phantom
        Of a healthy pelvis.
    clock : float
    depth : float
        About how far beyond the muscularis propria, in mm; the stroke is measured afterwards.
    element : int
        To paint with.
    """
    spacing = phantom.picture.spacing[0]
    centre, ray, wall, _ = _wall_along(phantom, clock)
    tip = wall + (depth - _BRUSH / 2) / spacing
    start = wall - 6.0 / spacing
    points = tuple((float(point[0]), float(point[1])) for point in (centre + ray * start, centre + ray * tip))
    return BrushStroke(element=element, points=points, diameter=_BRUSH / spacing)


def room_beyond_wall(phantom: Phantom, clock: float) -> float:
    """From the wall's outside to the fascia along a clock position, in mm."""
    _, _, wall, fascia = _wall_along(phantom, clock)
    return float((fascia - wall) * phantom.picture.spacing[0])


def measure_edits(
    engine: Engine, elements: Elements, seed: int, edits: int, rng: np.random.Generator
) -> list[EditOutcome]:
    """Paint invasions of random place and depth on one healthy phantom, one at a time, and measure.

    Parameters
    ----------
    engine : Engine
    elements : Elements
        From `choose_elements`.
    seed : int
        Of the phantom.
    edits : int
    rng : numpy.random.Generator
        For places and depths.
    """
    phantom = pelvic_phantom(seed, healthy=True)
    spacing = phantom.picture.spacing
    wall = inside_border(phantom, _BORDER)
    label_map = engine.segment(phantom.picture)
    before = engine.synthesize(label_map)
    seen_before = engine.segment(before).labels
    outcomes = []
    for _ in range(edits):
        clock = float(rng.uniform(0, 12))
        deepest = room_beyond_wall(phantom, clock) - _CLEARANCE
        wanted = float(rng.uniform(_SHALLOWEST, max(deepest, 2 * _SHALLOWEST)))
        stroke = paint_invasion(phantom, clock, wanted, elements.tumour)
        edited, box = EditScript(operations=(stroke,)).apply(label_map)
        if box is None:  # everything there was that element already
            continue
        after = engine.resynthesize(before, edited, box)
        seen = engine.segment(after).labels
        painted = stroke.footprint(label_map.shape)
        found = found_tumour(seen, seen_before, painted, elements.tumour_like)
        near = ndimage.maximum_filter(painted, size=2 * engine.halo + 1, mode="constant")
        relabelled = (seen != seen_before) & ~painted
        pair = painted & ~wall, found & ~wall
        outcomes.append(
            EditOutcome(
                seed=seed,
                clock=clock,
                asked=depth_beyond(painted, wall, spacing),
                measured=depth_beyond(found, wall, spacing),
                overlap=float(2 * (pair[0] & pair[1]).sum() / max(pair[0].sum() + pair[1].sum(), 1)),
                relabelled=int((relabelled & near).sum()),
                relabelled_beyond=int((relabelled & ~near).sum()),
                changed_beyond=int((np.abs(after.pixels - before.pixels) > TOLERANCE)[~near].sum()),
            )
        )
    return outcomes


def found_tumour(
    seen: np.ndarray, seen_before: np.ndarray, painted: np.ndarray, tumour_like: tuple[int, ...]
) -> np.ndarray:
    """The tumour in a new segmentation, bool [H, W].

    The pixels of tumour-like elements that were none before the edit, or that were painted,
    as far as they hang together with the painted area.

    Parameters
    ----------
    seen, seen_before : integers [H, W]
        Segmentations of the synthetic pictures after and before the edit.
    painted : bool [H, W]
    tumour_like : tuple of int
    """
    like = np.isin(seen, tumour_like)
    candidates = like & (painted | ~np.isin(seen_before, tumour_like))
    pieces, _ = ndimage.label(candidates, np.ones((3, 3)))
    touching = np.unique(pieces[painted & candidates])
    return np.isin(pieces, touching[touching > 0])


def _wall_along(phantom: Phantom, clock: float) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Middle of the lumen and unit ray (row, column), and where it leaves wall and mesorectum, in pixels."""
    centre = np.argwhere(phantom.layers == RectalLayer.LUMEN).mean(axis=0)
    angle = clock_angle(clock)
    ray = np.array([np.sin(angle), np.cos(angle)])
    steps = np.arange(0, 120, 0.25)
    rows, columns = np.rint(centre[:, None] + ray[:, None] * steps).astype(int)
    inside = (
        (rows >= 0) & (columns >= 0) & (rows < phantom.layers.shape[0]) & (columns < phantom.layers.shape[1])
    )
    along = phantom.layers[rows[inside], columns[inside]]
    wall = steps[np.flatnonzero((along > 0) & (along <= RectalLayer.MUSCULARIS_PROPRIA))[-1]]
    fascia = steps[np.flatnonzero(along > 0)[-1]]
    return centre, ray, float(wall), float(fascia)
