"""A phantom of the pelvis on axial T2 MRI, with or without a rectal tumour."""

import numpy as np
from scipy import ndimage

from u3edu.imaging.phantom.acquisition import coil_bias, rician, septa, smooth_field
from u3edu.imaging.phantom.canvas import TissueCanvas
from u3edu.imaging.phantom.outline import ellipse
from u3edu.imaging.phantom.pelvic_anatomy import PelvisPainter
from u3edu.imaging.phantom.rectal_tumour import RectalTumour, draw_tumour, tumour_region
from u3edu.imaging.phantom.rectum import RectalLayer, Rectum, draw_rectum
from u3edu.imaging.phantom.tissues import T2_SIGNAL, T2_TEXTURE, PelvicTissue, names, table
from u3edu.imaging.phantom.truth import Phantom, phantom_slice

_WALL: dict[RectalLayer, PelvicTissue] = {
    RectalLayer.LUMEN: PelvicTissue.LUMEN,
    RectalLayer.MUCOSA: PelvicTissue.MUCOSA,
    RectalLayer.SUBMUCOSA: PelvicTissue.SUBMUCOSA,
    RectalLayer.MUSCULARIS_PROPRIA: PelvicTissue.MUSCULARIS_PROPRIA,
    RectalLayer.MESORECTUM: PelvicTissue.MESORECTAL_FAT,
}

# As scanners give a pelvis: rows and columns, and mm between pixels.
USUAL_SHAPE, USUAL_SPACING = (384, 384), 0.6

# What may fill the rectum: gas, stool, ultrasound gel; signals as in `T2_SIGNAL`.
_CONTENTS = (6.0, 28.0, 115.0)


def pelvic_phantom(
    seed: int,
    tumour: RectalTumour | None = None,
    *,
    healthy: bool = False,
    shape: tuple[int, int] = USUAL_SHAPE,
    spacing: float = USUAL_SPACING,
) -> Phantom:
    """Draw a pelvis at the level of the femoral heads as axial T2 MRI shows it.

    Parameters
    ----------
    seed : int
        The patient: one seed gives one picture, on every machine with the same versions.
    tumour : RectalTumour, optional
        By default one that the seed draws.
    healthy : bool
        No tumour. The patient is the same as with one.
    shape : (rows, columns)
    spacing : float
        Distance between pixel centres in mm; smaller shows less of the body.

    Returns
    -------
    Phantom

    Raises
    ------
    ValueError
        If the tumour does not fit this patient's rectum, or was given together with `healthy`.
    """
    if healthy and tumour is not None:
        raise ValueError("a healthy phantom has no tumour; leave one of the two out")
    patient, lesion, scanner = (np.random.default_rng([seed, part]) for part in range(3))
    canvas = TissueCanvas(shape, spacing, PelvicTissue.AIR)
    painter = PelvisPainter(canvas, patient)
    painter.paint_body()
    organs = painter.paint_organs()
    rectum = draw_rectum(patient, (organs.back[0] + patient.uniform(-3, 3), organs.back[1] + 0.6))
    painter.paint_floor(rectum)
    layers = _paint_rectum(canvas, rectum, patient)
    content = _CONTENTS[patient.choice(3, p=[0.45, 0.35, 0.2])]
    measures: dict[str, float] = {}
    if not healthy:
        tumour = tumour or draw_tumour(lesion, rectum)
        _paint_tumour(canvas, rectum, tumour, lesion)
        measures = _measures(rectum, tumour)
    signal = _acquire(canvas, content, scanner)
    return Phantom(
        picture=phantom_slice(signal, "MR", spacing, seed),
        tissues=canvas.centres(),
        tissue_names=names(PelvicTissue),
        layers=canvas.centres(layers),
        layer_names=names(RectalLayer),
        lesion_tissues=(PelvicTissue.TUMOUR, PelvicTissue.MUCINOUS_TUMOUR),
        measures=measures,
        seed=seed,
    )


def _paint_rectum(canvas: TissueCanvas, rectum: Rectum, rng: np.random.Generator) -> np.ndarray:
    """Paint mesorectum and wall; the layers of each fine point, uint8 [3 H, 3 W]."""
    layers = np.zeros_like(canvas.fine)
    centre = np.asarray(rectum.fascia.centre)
    reach = float(rectum.fascia.radii.max()) + rectum.fascia_thickness
    box = canvas.box(tuple(centre - reach), tuple(centre + reach))
    if box is None:
        return layers
    x, y = canvas.coordinates(box)
    from_lumen = rectum.lumen.distance(x, y, most=rectum.wall + 1.0)
    from_fascia = rectum.fascia.distance(x, y, most=rectum.fascia_thickness + 1.0)
    view = layers[box]
    view[from_fascia < 0] = RectalLayer.MESORECTUM
    for layer in (RectalLayer.MUSCULARIS_PROPRIA, RectalLayer.SUBMUCOSA, RectalLayer.MUCOSA):
        view[from_lumen < rectum.inner_border(RectalLayer(layer + 1))] = layer
    view[from_lumen < 0] = RectalLayer.LUMEN
    canvas.paint(box, from_fascia < rectum.fascia_thickness, PelvicTissue.MESORECTAL_FASCIA)
    for layer, tissue in _WALL.items():
        canvas.paint(box, view == layer, tissue)
    for _ in range(rng.integers(6, 14)):  # branches of the superior rectal vessels
        angle, share = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.85)
        inner, outer = rectum.lumen.radius(angle) + rectum.wall, rectum.fascia.radius(angle)
        where = centre + (inner + share * (outer - inner)) * np.array([np.cos(angle), np.sin(angle)])
        radii = (rng.uniform(0.5, 1.1), rng.uniform(0.6, 2.2))
        canvas.fill(
            ellipse((float(where[0]), float(where[1])), radii, rng.uniform(0, 180)),
            PelvicTissue.VESSEL,
            (PelvicTissue.MESORECTAL_FAT,),
        )
    return layers


def _paint_tumour(
    canvas: TissueCanvas, rectum: Rectum, tumour: RectalTumour, rng: np.random.Generator
) -> None:
    """Paint the tumour over wall, mesorectum and whatever lies beyond."""
    centre = np.asarray(rectum.fascia.centre)
    reach = float(rectum.fascia.radii.max()) + 30.0
    box = canvas.box(tuple(centre - reach), tuple(centre + reach))
    if box is None:
        return
    x, y = canvas.coordinates(box)
    region = tumour_region(tumour, rectum, x, y, rng)
    canvas.paint(box, region, PelvicTissue.MUCINOUS_TUMOUR if tumour.mucinous else PelvicTissue.TUMOUR)


def _measures(rectum: Rectum, tumour: RectalTumour) -> dict[str, float]:
    """The tumour's measures as drawn, in mm: depth beyond each border that it crosses."""
    depths = {"depth": tumour.depth, "clock": tumour.clock, "hours": tumour.hours}
    if tumour.invasion == "beyond fascia":
        return depths | {"beyond mesorectum": tumour.depth}
    order = ("lumen", "mucosa", "submucosa", "muscularis propria", "mesorectum")
    reached = order.index(tumour.invasion)
    deepest = rectum.inner_border(RectalLayer(reached + 1)) + tumour.depth
    for number, layer in enumerate(order[:reached]):
        depths[f"beyond {layer}"] = deepest - rectum.inner_border(RectalLayer(number + 2))
    return depths


def _acquire(canvas: TissueCanvas, content: float, rng: np.random.Generator) -> np.ndarray:
    """The T2 signal of the painted tissues as a scanner measures it, float32 [H, W]."""
    shape = canvas.shape
    levels = table(PelvicTissue, T2_SIGNAL) * np.exp(rng.normal(0, 0.05, len(PelvicTissue)))
    levels[PelvicTissue.LUMEN] = content
    signal = canvas.averaged(levels)
    texture = canvas.averaged(table(PelvicTissue, T2_TEXTURE))
    grain = 0.7 * smooth_field(rng, shape, 0.8) + 0.7 * smooth_field(rng, shape, 3.0)
    signal = signal * np.clip(1 + texture * grain, 0.2, 2.0)
    fat = canvas.averaged(_share(PelvicTissue.SUBCUTANEOUS_FAT, PelvicTissue.PELVIC_FAT))
    strands = np.maximum(septa(rng, shape, (5.0, 14.0)), 0.8 * septa(rng, shape, (16.0, 6.0)))
    signal = signal * (1 - 0.38 * fat * strands * np.clip(smooth_field(rng, shape, 14.0) + 0.2, 0, 1))
    mesorectum = canvas.averaged(_share(PelvicTissue.MESORECTAL_FAT))
    signal = signal * (1 - 0.3 * mesorectum * septa(rng, shape, 6.0))
    muscle = canvas.averaged(_share(PelvicTissue.MUSCLE))
    fibres = septa(rng, shape, (2.2, 16.0)) * np.clip(smooth_field(rng, shape, 9.0) + 0.3, 0, 1.5)
    signal = signal + 28 * muscle * fibres
    signal = ndimage.gaussian_filter(signal, 0.45) * coil_bias(rng, shape, rng.uniform(0.3, 1.2))
    return rician(signal.astype(np.float32), float(rng.uniform(1.8, 4.0)), rng)


def _share(*tissues: PelvicTissue) -> np.ndarray:
    """1 for these tissues and 0 for all others, float32 [number of tissues]."""
    return np.isin(np.arange(len(PelvicTissue)), tissues).astype(np.float32)
