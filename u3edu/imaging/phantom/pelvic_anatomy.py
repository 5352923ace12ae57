"""The male or female pelvis at the level of the femoral heads, painted without the rectum."""

from dataclasses import dataclass

import numpy as np

from u3edu.imaging.phantom.canvas import TissueCanvas
from u3edu.imaging.phantom.outline import (
    Deformation,
    Points,
    closed_spline,
    ellipse,
    mirrored,
    open_spline,
    ribbon,
    uneven,
)
from u3edu.imaging.phantom.rectum import Rectum
from u3edu.imaging.phantom.tissues import PelvicTissue as T

# One side (the patient's left), in mm; the other side is its mirror image. The places were
# laid out by eye on the atlas plane through the femoral heads and the base of the prostate.
ACETABULUM: Points = (
    (57, -47), (70, -55), (82, -47), (74, -35), (67, -24), (65, -8), (67, 4), (74, 12), (86, 19),
    (93, 28), (86, 37), (72, 33), (62, 24), (57, 5), (55, -20),
)  # fmt: skip
OBTURATOR_INTERNUS: Points = (
    (50, -40), (55, -28), (54, 0), (60, 24), (72, 37), (64, 45), (51, 35), (44, 12), (42, -12), (45, -34),
)  # fmt: skip
GLUTEUS_MAXIMUS: Points = (
    (13, 90), (32, 76), (58, 64), (85, 56), (118, 38), (150, 25), (152, 52), (120, 76), (82, 93), (40, 104),
    (17, 104),
)  # fmt: skip
PELVIC_CAVITY: Points = (
    (0, -64), (38, -63), (52, -48), (47, -20), (46, 10), (52, 34), (34, 66), (0, 80), (-34, 66), (-52, 34),
    (-46, 10), (-47, -20), (-52, -48), (-38, -63),
)  # fmt: skip
# (centre, radii, degrees): iliopsoas, rectus femoris, sartorius, pectineus, tensor fasciae
# latae, gluteus minimus and medius, quadratus femoris with the gemelli.
MUSCLES: tuple[tuple[tuple[float, float], tuple[float, float], float], ...] = (
    ((90, -57), (17, 12), 20),
    ((111, -62), (8, 9), 0),
    ((101, -79), (12, 5), 25),
    ((60, -58), (10, 5.5), 35),
    ((134, -52), (7, 17), -15),
    ((133, -12), (11, 24), 10),
    ((101, 30), (13, 6), -35),
)


@dataclass(frozen=True)
class PelvicOrgans:
    """What lies in front of the rectum.

    Parameters
    ----------
    female : bool
        Uterus instead of prostate.
    back : (x, y) in mm
        The most posterior point of prostate or uterus.
    """

    female: bool
    back: tuple[float, float]


class PelvisPainter:
    """Paints one patient's pelvis, everything but the rectum, in two steps.

    Parameters
    ----------
    canvas : TissueCanvas
    rng : numpy.random.Generator
        The patient.
    """

    def __init__(self, canvas: TissueCanvas, rng: np.random.Generator) -> None:
        self.canvas = canvas
        self.rng = rng
        self.deform = Deformation(rng, amplitude=7.0)
        self.fatness = float(rng.uniform(0.0, 1.0))

    def paint_body(self) -> None:
        """Skin, fat, muscle, bone and vessels of the pelvic wall."""
        rng, canvas = self.rng, self.canvas
        depth = 103 + 9 * self.fatness
        body = self.deform(ellipse((0, 5), (175 + 15 * self.fatness, depth), exponent=2.5))
        canvas.fill(body, T.SKIN)
        centre = body.mean(axis=0)
        arm = body - centre
        canvas.fill(centre + arm * (1 - 2.2 / np.linalg.norm(arm, axis=1, keepdims=True)), T.SUBCUTANEOUS_FAT)
        canvas.fill(self.deform(closed_spline(PELVIC_CAVITY)), T.PELVIC_FAT)
        for side in (1.0, -1.0):
            for where, radii, degrees in MUSCLES:
                grown = np.asarray(radii) * rng.uniform(0.9, 1.15)
                self._both(uneven(ellipse(where, tuple(grown), degrees), rng, 0.08), side, T.MUSCLE)
            self._both(ellipse((17, -73 - 2 * self.fatness), (16.5, rng.uniform(5, 7)), 6), side, T.MUSCLE)
            self._both(uneven(closed_spline(GLUTEUS_MAXIMUS), rng, 0.05, range(4, 10)), side, T.MUSCLE)
            self._both(uneven(closed_spline(OBTURATOR_INTERNUS), rng, 0.05, range(4, 10)), side, T.MUSCLE)
            self._paint_hip(side)
            self._paint_femoral_vessels(side)
        self._paint_natal_cleft()

    def paint_organs(self) -> PelvicOrgans:
        """Bladder, and prostate or uterus."""
        rng, canvas = self.rng, self.canvas
        female = bool(rng.random() < 0.4)
        middle = float(rng.uniform(-3, 3))
        half_height = rng.uniform(17, 22)
        organ = uneven(ellipse((middle, 2), (rng.uniform(23, 29), half_height), exponent=2.3), rng, 0.04)
        bladder_centre = (middle, 2 - half_height - rng.uniform(13, 19))
        bladder = ellipse(bladder_centre, (rng.uniform(27, 38), rng.uniform(15, 21)), exponent=2.2)
        bladder = uneven(bladder, rng, 0.06, range(2, 5))
        canvas.fill_shelled(bladder, T.BLADDER_WALL, rng.uniform(2.0, 4.5), T.URINE)
        self._paint_venous_plexus(organ)
        if female:
            self._paint_uterus(organ)
        else:
            self._paint_prostate(organ)
        lowest = organ[organ[:, 1].argmax()]
        return PelvicOrgans(female, (float(lowest[0]), float(lowest[1])))

    def paint_floor(self, rectum: Rectum) -> None:
        """Levator ani and coccyx around and behind the mesorectum."""
        x, y = rectum.fascia.centre
        behind = float(rectum.fascia.outline[:, 1].max()) + rectum.fascia_thickness
        for side in (1.0, -1.0):
            reach = float(rectum.fascia.radius(0.0 if side > 0 else np.pi)) + 4.0
            sling = [
                (side * 47, 8),
                (x + side * reach, y),
                (x + side * 0.6 * reach, behind - 5),
                (x, behind + 3),
            ]
            self.canvas.fill(
                ribbon(open_spline(sling), [2.0, 3.5, 3.5]), T.MUSCLE, (T.PELVIC_FAT, T.SUBCUTANEOUS_FAT)
            )
        coccyx = ellipse((x, behind + 9), (self.rng.uniform(6, 10), self.rng.uniform(4, 5.5)))
        self.canvas.fill_shelled(coccyx, T.CORTICAL_BONE, 0.9, T.MARROW)

    def _both(self, outline: np.ndarray, side: float, tissue: int) -> None:
        """Fill an outline of the left side on one side of the deformed body."""
        self.canvas.fill(self._placed(outline, side), tissue)

    def _placed(self, outline: np.ndarray, side: float) -> np.ndarray:
        return self.deform(outline if side > 0 else mirrored(outline))

    def _paint_hip(self, side: float) -> None:
        """Acetabulum, femoral head with its cartilage, and neck."""
        head, radius = (94.0, -15.0), self.rng.uniform(22.0, 25.0)
        canvas = self.canvas
        canvas.fill_shelled(self._placed(closed_spline(ACETABULUM), side), T.CORTICAL_BONE, 1.4, T.MARROW)
        neck = ribbon(open_spline([(100, -12), (122, -2), (140, 12)]), [34, 27, 34])
        canvas.fill_shelled(self._placed(neck, side), T.CORTICAL_BONE, 1.4, T.MARROW)
        canvas.fill(self._placed(ellipse(head, (radius + 1.8, radius + 1.8)), side), T.CARTILAGE)
        ball = self._placed(ellipse(head, (radius, radius)), side)
        canvas.fill_shelled(ball, T.CORTICAL_BONE, 0.9, T.MARROW)
        inner = ribbon(open_spline([(97, -13), (118, -4)]), [30, 24])
        canvas.fill(self._placed(inner, side), T.MARROW, (T.CORTICAL_BONE, T.CARTILAGE))

    def _paint_femoral_vessels(self, side: float) -> None:
        """Artery and vein in the groin, the cord beside them, and vessels of the side wall."""
        rng = self.rng
        for x, y, calibre in ((74, -74, 4.6), (63, -73, 5.4)):
            self._both(ellipse((x, y), (calibre + 1.0, calibre + 1.0)), side, T.MUSCLE)
            self._both(ellipse((x, y), (calibre, calibre)), side, T.VESSEL)
        self._both(ellipse((40, -84 - 3 * self.fatness), (7, 4.5)), side, T.MUSCLE)
        self._both(ellipse((40, -84 - 3 * self.fatness), (6, 3.6)), side, T.SUBCUTANEOUS_FAT)
        for _ in range(rng.integers(12, 22)):
            where = (float(rng.uniform(33, 44)), float(rng.uniform(-42, 34)))
            radius = float(rng.uniform(0.8, 2.0))
            tissue = T.VEIN if rng.random() < 0.5 else T.VESSEL
            outline = self._placed(
                ellipse(where, (radius, radius * rng.uniform(1, 2)), rng.uniform(0, 180)), side
            )
            self.canvas.fill(outline, tissue, (T.PELVIC_FAT,))
        for _ in range(rng.integers(8, 14)):
            where = (float(rng.uniform(30, 110)), float(rng.uniform(-100, -80)))
            radius = float(rng.uniform(0.7, 1.5))
            self.canvas.fill(
                self._placed(ellipse(where, (radius, radius)), side), T.VESSEL, (T.SUBCUTANEOUS_FAT,)
            )
        for x, y in ((80, 47), (72, 49), (63, 50)):  # sciatic nerve and inferior gluteal vessels
            self._both(ellipse((x, y), (3.2, 2.2), 20), side, T.MUSCLE)

    def _paint_natal_cleft(self) -> None:
        """Skin on both sides of the cleft between the buttocks."""
        line = open_spline([(0, 99), (0.8, 108), (0, 122)])
        self.canvas.fill(self.deform(ribbon(line, [2.5, 5.0, 9.0])), T.SKIN, (T.SUBCUTANEOUS_FAT,))
        self.canvas.fill(self.deform(ribbon(line, [0.6, 1.4, 4.5])), T.AIR, (T.SKIN,))

    def _paint_venous_plexus(self, organ: np.ndarray) -> None:
        """Bright veins beside prostate or uterus."""
        rng = self.rng
        centre = organ.mean(axis=0)
        for _ in range(rng.integers(28, 48)):
            angle = rng.choice([0.0, np.pi]) + rng.normal(0, 0.55)
            ray = np.array([np.cos(angle), np.sin(angle)])
            reach = np.abs((organ - centre) @ ray).max() + rng.uniform(0, 9)
            where = centre + ray * reach
            radii = (rng.uniform(0.7, 1.6), rng.uniform(1.2, 3.0))
            outline = ellipse((float(where[0]), float(where[1])), radii, rng.uniform(0, 180))
            self.canvas.fill(outline, T.VEIN if rng.random() < 0.7 else T.VESSEL, (T.PELVIC_FAT,))

    def _paint_prostate(self, organ: np.ndarray) -> None:
        """Capsule, peripheral zone behind and beside, transition zone with nodules in front."""
        rng, canvas = self.rng, self.canvas
        centre = organ.mean(axis=0)
        canvas.fill_shelled(organ, T.PROSTATE_CAPSULE, 0.8, T.PERIPHERAL_ZONE)
        share = rng.uniform(0.70, 0.80)
        inner = uneven((organ - centre) * share + centre - (0, (1 - share) * 14), rng, 0.05)
        canvas.fill(inner, T.PROSTATE_CAPSULE, (T.PERIPHERAL_ZONE,))
        middle = inner.mean(axis=0)
        arm = inner - middle
        canvas.fill(
            middle + arm * (1 - 0.8 / np.linalg.norm(arm, axis=1, keepdims=True)), T.TRANSITION_ZONE,
            (T.PROSTATE_CAPSULE, T.PERIPHERAL_ZONE),
        )  # fmt: skip
        for _ in range(rng.integers(3, 8)):
            angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.6)
            where = middle + reach * np.array([np.cos(angle), np.sin(angle)]) * np.abs(arm).max(axis=0)
            radius = rng.uniform(2.0, 5.0)
            nodule = uneven(ellipse((float(where[0]), float(where[1])), (radius, radius)), rng, 0.12)
            canvas.fill(nodule, T.PROSTATE_CAPSULE, (T.TRANSITION_ZONE,))
            bright = T.PERIPHERAL_ZONE if rng.random() < 0.4 else T.TRANSITION_ZONE
            canvas.fill((nodule - where) * (1 - 0.6 / radius) + where, bright, (T.PROSTATE_CAPSULE,))

    def _paint_uterus(self, organ: np.ndarray) -> None:
        """Myometrium, junctional zone and endometrium."""
        rng, canvas = self.rng, self.canvas
        canvas.fill(organ, T.MYOMETRIUM)
        centre = organ.mean(axis=0)
        where = (float(centre[0]), float(centre[1]))
        width, height = rng.uniform(9, 14), rng.uniform(2.0, 4.0)
        zone, turn = rng.uniform(3.0, 5.0), rng.uniform(-12, 12)
        canvas.fill(uneven(ellipse(where, (width + zone, height + zone), turn), rng, 0.05), T.JUNCTIONAL_ZONE)
        canvas.fill(uneven(ellipse(where, (width, height), turn), rng, 0.08), T.ENDOMETRIUM)
