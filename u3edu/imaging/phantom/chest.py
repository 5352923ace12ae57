"""A phantom of the chest on axial CT in HU, with or without a pulmonary nodule."""

import numpy as np
from scipy import ndimage

from u3edu.imaging.phantom.acquisition import ct_noise, smooth_field
from u3edu.imaging.phantom.canvas import TissueCanvas
from u3edu.imaging.phantom.nodule import Nodule, NoduleShape, draw_nodule, nodule_shape
from u3edu.imaging.phantom.outline import ribbon
from u3edu.imaging.phantom.thorax import LEVELS, Level, ThoraxPainter
from u3edu.imaging.phantom.tissues import HOUNSFIELD, HOUNSFIELD_TEXTURE, ChestTissue, names, table
from u3edu.imaging.phantom.truth import Phantom, phantom_slice

# What a nodule may be painted over.
_LUNG = (ChestTissue.LUNG, ChestTissue.LUNG_VESSEL, ChestTissue.AIRWAY, ChestTissue.AIRWAY_WALL)
_LESION = (ChestTissue.SOLID_NODULE, ChestTissue.GROUND_GLASS_NODULE, ChestTissue.CAVITY)

# Between a nodule's body and the edge of its lung, in mm: room for the margin to be seen.
_MARGIN = 2.0

# As scanners give a chest: rows and columns, and mm between pixels.
USUAL_SHAPE, USUAL_SPACING = (512, 512), 0.7


def chest_phantom(
    seed: int,
    nodule: Nodule | None = None,
    *,
    healthy: bool = False,
    level: Level | None = None,
    shape: tuple[int, int] = USUAL_SHAPE,
    spacing: float = USUAL_SPACING,
) -> Phantom:
    """Draw a chest as axial CT shows it.

    Parameters
    ----------
    seed : int
        The patient: one seed gives one picture, on every machine with the same versions.
    nodule : Nodule, optional
        By default one that the seed draws.
    healthy : bool
        No nodule. The patient is the same as with one.
    level : str, optional
        ``"heart"`` or ``"aortic arch"``; by default the seed draws it.
    shape : (rows, columns)
    spacing : float
        Distance between pixel centres in mm; smaller shows less of the body.

    Returns
    -------
    Phantom
        Its layers are the solid core or cavity, the body of the nodule, and the lung around it.

    Raises
    ------
    ValueError
        If the nodule does not fit into its lung, or was given together with `healthy`.
    """
    if healthy and nodule is not None:
        raise ValueError("a healthy phantom has no nodule; leave one of the two out")
    patient, lesion, scanner = (np.random.default_rng([seed, part]) for part in range(3))
    drawn: Level = LEVELS[patient.integers(2)]
    canvas = TissueCanvas(shape, spacing, ChestTissue.AIR)
    painter = ThoraxPainter(canvas, patient, level or drawn)
    painter.paint()
    contrast = float(patient.choice([0.0, patient.uniform(120, 260)]))
    layers = np.where(np.isin(canvas.fine, _LUNG), np.uint8(3), np.uint8(0))
    measures: dict[str, float] = {}
    if not healthy:
        nodule = nodule or draw_nodule(lesion)
        place = _find_place(canvas, painter, nodule, lesion)
        _paint_nodule(canvas, layers, nodule, place, lesion)
        measures = {"diameter": nodule.diameter, "x": float(place[0]), "y": float(place[1])}
        if nodule.cavity:
            measures["cavity diameter"] = nodule.cavity * nodule.diameter
        if nodule.density == "part-solid":
            measures["solid diameter"] = nodule.solid_share * nodule.diameter
    return Phantom(
        picture=phantom_slice(_acquire(canvas, contrast, scanner), "CT", spacing, seed),
        tissues=canvas.centres(),
        tissue_names=names(ChestTissue),
        layers=canvas.centres(layers),
        layer_names=("outside", "core", "body", "lung"),
        lesion_tissues=tuple(_LESION),
        measures=measures,
        seed=seed,
    )


def _find_place(
    canvas: TissueCanvas, painter: ThoraxPainter, nodule: Nodule, rng: np.random.Generator
) -> np.ndarray:
    """The middle (x, y) in mm of a nodule that lies wholly within its lung."""
    found = canvas.region(painter.lungs[nodule.side])
    if found is None:
        raise ValueError("the picture shows no lung; enlarge it or its spacing")
    box, inside = found
    aerated = ndimage.binary_closing(np.isin(canvas.fine[box], _LUNG), iterations=2) & inside
    room = ndimage.distance_transform_edt(np.pad(aerated, 1))[1:-1, 1:-1] * canvas.step
    rows, columns = np.nonzero(room > nodule.diameter / 2 + _MARGIN)
    if rows.size == 0:
        raise ValueError(
            f"a nodule of {nodule.diameter:.1f} mm has no room in the {nodule.side} lung of this "
            f"phantom; at most {2 * (room.max() - _MARGIN):.1f} mm fit"
        )
    chosen = rng.integers(rows.size)
    x, y = canvas.coordinates(box)
    return np.array([x[0, columns[chosen]], y[rows[chosen], 0]])


def _paint_nodule(
    canvas: TissueCanvas, layers: np.ndarray, nodule: Nodule, place: np.ndarray, rng: np.random.Generator
) -> None:
    """Paint body, core or cavity, spicules and tag."""
    shape: NoduleShape = nodule_shape(nodule, rng)
    solid = nodule.density == "solid"
    strand = ChestTissue.PLEURAL_TAG
    if nodule.pleural_tag:
        canvas.fill(_tag(canvas, place, rng), strand, (ChestTissue.LUNG,))
    for spicule in shape.spicules:
        canvas.fill(spicule + place, strand, (ChestTissue.LUNG,))
    body = shape.body + place
    canvas.fill(body, ChestTissue.SOLID_NODULE if solid else ChestTissue.GROUND_GLASS_NODULE)
    for layer, outline in ((2, body), (1, None if shape.core is None else shape.core + place)):
        found = None if outline is None else canvas.region(outline)
        if found is not None:
            layers[found[0]][found[1]] = layer
    if shape.core is not None:
        canvas.fill(shape.core + place, ChestTissue.CAVITY if nodule.cavity else ChestTissue.SOLID_NODULE)


def _tag(canvas: TissueCanvas, place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A thin strand from a nodule's middle to the nearest point that is no lung."""
    rows, columns = canvas.fine.shape
    wall = ~ndimage.binary_closing(np.isin(canvas.fine, _LUNG), iterations=3)
    places = np.argwhere(wall)[::7]
    points = (places[:, ::-1] - (np.array([columns, rows]) - 1) / 2) * canvas.step
    end = points[np.linalg.norm(points - place, axis=1).argmin()]
    return ribbon([place, (place + end) / 2 + rng.normal(0, 0.8, 2), end], [2.2, 1.2, 1.8])


def _acquire(canvas: TissueCanvas, contrast: float, rng: np.random.Generator) -> np.ndarray:
    """Hounsfield units of the painted tissues as a scanner measures them, float32 [H, W]."""
    shape = canvas.shape
    levels = table(ChestTissue, HOUNSFIELD)
    levels[ChestTissue.BLOOD] += contrast
    levels[ChestTissue.LUNG_VESSEL] += 0.6 * contrast
    levels[ChestTissue.HEART_MUSCLE] += 0.25 * contrast
    levels[ChestTissue.LUNG] += rng.uniform(-25, 30)
    hounsfield = canvas.averaged(levels)
    grain = 0.8 * smooth_field(rng, shape, 1.2) + 0.6 * smooth_field(rng, shape, 3.5)
    hounsfield = hounsfield + canvas.averaged(table(ChestTissue, HOUNSFIELD_TEXTURE)) * grain
    # Blood and interstitium sink: the lung behind is denser than in front (supine).
    lung = canvas.averaged((np.arange(len(ChestTissue)) == ChestTissue.LUNG).astype(np.float32))
    hounsfield = hounsfield + lung * np.linspace(-25, 35, shape[0], dtype=np.float32)[:, None]
    blurred = ndimage.gaussian_filter(hounsfield, 0.55)
    noisy = blurred + ct_noise(rng, shape, float(rng.uniform(10, 24)))
    return np.clip(noisy, -1024, 3071).astype(np.float32)
