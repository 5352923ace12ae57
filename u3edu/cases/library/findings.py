"""Findings of a plan as edit operations on a ground."""

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from u3edu.cases.library.ground import Ground, layer_map
from u3edu.cases.library.plan import (
    CavityPlan,
    FindingPlan,
    GroundGlassPlan,
    MucinPlan,
    NodulePlan,
    TagPlan,
    TumourPlan,
    UlcerPlan,
)
from u3edu.cases.staging.rectum import RectalLayer as StagedLayer
from u3edu.editing.context import EditContext
from u3edu.editing.mask import Mask
from u3edu.editing.operations import EditOperation, apply_operation
from u3edu.editing.outline import Point
from u3edu.editing.recipes import Cavity, GroundGlassNodule, MucinPools, Nodule, PleuralTag, RectalTumour
from u3edu.editing.recipes.pleural_tag import nearest_pleura
from u3edu.editing.script import EditScript
from u3edu.imaging.phantom.rectum import RectalLayer, clock_angle

# Hounsfield units below which an element counts as lung.
_LUNG_BELOW = -450.0
# Gaps of twice as many pixels in what was painted had the tumour's element before.
_CLOSED_PIXELS = 3
_NEXT_LAYER: dict[StagedLayer, RectalLayer] = {
    "mucosa": RectalLayer.MUCOSA,
    "submucosa": RectalLayer.SUBMUCOSA,
    "muscularis propria": RectalLayer.MUSCULARIS_PROPRIA,
}


def script_of(findings: tuple[FindingPlan, ...], ground: Ground) -> EditScript:
    """The edit that draws findings one after another.

    Raises
    ------
    InvalidEdit, ValueError
        If one does not fit the ground.
    """
    script = EditScript()
    edited = ground.labels
    context = EditContext(ground.labels)
    for finding in findings:
        for operation in _DRAWN[finding.finding](finding, ground, edited.labels != ground.labels.labels):
            script = script.then(operation)
            edited, _ = apply_operation(operation, edited, context)
    return script


def wall_thickness(ground: Ground, clock: float, layers: tuple[int, ...]) -> float:
    """How far in mm layers reach from the lumen's surface, on the ray of a clock position."""
    known = _known_layers(ground)
    rows, columns = _ray(ground, clock)
    last = np.flatnonzero(np.isin(known[rows, columns], layers))[-1]
    spacing = ground.labels.acquisition.spacing
    distance = ndimage.distance_transform_edt(known != RectalLayer.LUMEN, sampling=spacing)
    # From the middle of the lumen's last pixel to that of the layers'; both end half a pixel further.
    return float(distance[rows[last], columns[last]])


def _tumour(plan: TumourPlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    """Depth is given in the deepest layer; the recipe wants it from the lumen or beyond the wall."""
    layers = _known_layers(ground)
    if plan.layer in _NEXT_LAYER:
        inner = tuple(range(RectalLayer.MUCOSA, _NEXT_LAYER[plan.layer]))
    else:
        inner = (RectalLayer.MUCOSA, RectalLayer.SUBMUCOSA, RectalLayer.MUSCULARIS_PROPRIA)
    recipe = RectalTumour(
        clock=plan.clock,
        hours=plan.hours,
        depth=plan.into,
        wall=wall_thickness(ground, plan.clock, inner),
        height=plan.height,
        margin=plan.margin,
        seed=plan.seed,
        rim=plan.rim,
    )
    geometry = layer_map(layers, ground.labels)
    return recipe.operations(
        geometry, _middle(layers), (int(RectalLayer.LUMEN),), ground.tissues.paint(plan.tissue)
    )


def _mucin(plan: MucinPlan, ground: Ground, edited: np.ndarray) -> tuple[EditOperation, ...]:
    lesion = ndimage.binary_closing(edited, np.ones((3, 3)), iterations=_CLOSED_PIXELS)
    recipe = MucinPools(share=plan.share, size=plan.size, seed=plan.seed, rim=plan.rim)
    return recipe.operations(ground.labels, lesion, ground.tissues.paint(plan.tissue))


def _ulcer(plan: UlcerPlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    """A crater: half an ellipse into the tumour, and open to the lumen."""
    rows, columns = _ray(ground, plan.clock)
    surface = np.flatnonzero(_known_layers(ground)[rows, columns] != RectalLayer.LUMEN)[0]
    spacing = np.asarray(ground.labels.acquisition.spacing)
    angle = clock_angle(plan.clock)
    out = np.array([np.sin(angle), np.cos(angle)])
    across = np.array([-out[1], out[0]])
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    # Uneven, as an ulcer is; towards the lumen as far as the tumour bulges.
    uneven = 1 + 0.12 * np.sin(3 * turns + plan.seed)
    along = np.where(np.cos(turns) > 0, plan.depth, 2 * plan.depth) * np.cos(turns) * uneven
    outline = along[:, None] * out + (plan.width / 2 * np.sin(turns) * uneven)[:, None] * across
    centre = np.array([rows[surface], columns[surface]])
    recipe = Cavity(diameter=max(plan.width, 2.0), seed=plan.seed, rim=plan.rim)
    return (recipe.area(centre + outline / spacing, ground.tissues.paint(plan.tissue)),)


def _nodule(plan: NodulePlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    mask = Mask(only_over=_lung(ground)) if plan.within_lung else Mask()
    recipe = Nodule(diameter=plan.diameter, margin=plan.margin, seed=plan.seed, rim=plan.rim, mask=mask)
    return recipe.operations(ground.labels, ground.place(plan.at), ground.tissues.paint(plan.tissue))


def _ground_glass(plan: GroundGlassPlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    recipe = GroundGlassNodule(
        diameter=plan.diameter,
        solid_share=plan.solid_share,
        seed=plan.seed,
        rim=plan.rim,
        # Vessels are seen through ground glass: that is what makes it ground glass.
        mask=Mask(only_over=_lung(ground)),
    )
    solid = ground.tissues.paint(plan.solid) if plan.solid_share else None
    glass = ground.tissues.paint(plan.tissue)
    return recipe.operations(ground.labels, ground.place(plan.at), glass, solid)


def _cavity(plan: CavityPlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    recipe = Cavity(diameter=plan.diameter, seed=plan.seed, rim=plan.rim)
    return recipe.operations(ground.labels, ground.place(plan.at), ground.tissues.paint(plan.tissue))


def _tag(plan: TagPlan, ground: Ground, _: np.ndarray) -> tuple[EditOperation, ...]:
    start = ground.place(plan.at)
    recipe = PleuralTag(width=plan.width, seed=plan.seed, rim=plan.rim)
    pleura = nearest_pleura(ground.labels, start, _lung(ground))
    return recipe.operations(ground.labels, start, pleura, ground.tissues.paint(plan.tissue))


_DRAWN: dict[str, Callable[..., tuple[EditOperation, ...]]] = {
    "rectal tumour": _tumour,
    "mucin": _mucin,
    "ulcer": _ulcer,
    "nodule": _nodule,
    "ground glass": _ground_glass,
    "cavity": _cavity,
    "pleural tag": _tag,
}


def _lung(ground: Ground) -> tuple[int, ...]:
    """The elements of aerated lung."""
    scale = ground.labels.acquisition.scale
    return tuple(
        number
        for number, element in enumerate(ground.labels.elements)
        if scale.slope * element.mean + scale.intercept < _LUNG_BELOW
    )


def _known_layers(ground: Ground) -> np.ndarray:
    if ground.layers is None:
        raise ValueError("a tumour of the wall needs a base whose layers are known: a phantom or a wall")
    return ground.layers


def _middle(layers: np.ndarray) -> Point:
    row, column = np.argwhere(layers == RectalLayer.LUMEN).mean(axis=0)
    return float(row), float(column)


def _ray(ground: Ground, clock: float) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (rows, columns) along a ray from the middle of the lumen, four for each pixel's width."""
    layers = _known_layers(ground)
    angle = clock_angle(clock)
    spacing = ground.labels.acquisition.spacing[0]
    steps = np.arange(0.0, 80.0 / spacing, 0.25)
    middle = np.asarray(_middle(layers))
    rows, columns = np.rint(middle[:, None] + np.array([[np.sin(angle)], [np.cos(angle)]]) * steps).astype(
        int
    )
    inside = (rows >= 0) & (columns >= 0) & (rows < layers.shape[0]) & (columns < layers.shape[1])
    return rows[inside], columns[inside]
