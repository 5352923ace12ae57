"""The chest at the level of the heart or of the aortic arch, painted without a nodule."""

from typing import Literal

import numpy as np

from u3edu.imaging.phantom.canvas import TissueCanvas
from u3edu.imaging.phantom.lung import paint_vessels
from u3edu.imaging.phantom.outline import (
    Deformation,
    Outline,
    Points,
    closed_spline,
    ellipse,
    mirrored,
    open_spline,
    ribbon,
    uneven,
)
from u3edu.imaging.phantom.tissues import ChestTissue as T

Level = Literal["heart", "aortic arch"]
LEVELS: tuple[Level, ...] = ("heart", "aortic arch")

# In mm for one side (the patient's left), laid out by eye on axial atlas planes; the medial
# edge of a lung is set by the mediastinum that is painted over it.
LUNGS: dict[Level, Points] = {
    "heart": (
        (4, -84), (40, -88), (82, -72), (112, -32), (119, 12), (108, 56), (82, 86), (52, 92), (30, 80),
        (20, 62), (4, 40),
    ),
    "aortic arch": (
        (3, -74), (34, -80), (70, -66), (96, -30), (102, 10), (92, 48), (70, 74), (44, 80), (28, 70),
        (20, 54), (4, 34),
    ),
}  # fmt: skip
MEDIASTINUM: dict[Level, Points] = {
    "heart": (
        (-6, -86), (8, -86), (22, -78), (50, -66), (74, -40), (80, -14), (66, 6), (42, 18), (32, 34),
        (31, 52), (22, 66), (-20, 66), (-17, 48), (-16, 30), (-26, 14), (-36, -8), (-38, -34), (-26, -60),
        (-12, -76),
    ),
    "aortic arch": (
        (-4, -78), (6, -78), (14, -60), (26, -42), (34, -18), (35, 12), (26, 30), (20, 56), (-20, 56),
        (-17, 32), (-20, 12), (-27, -10), (-25, -34), (-14, -58),
    ),
}  # fmt: skip
SCAPULA: dict[Level, Points] = {
    "heart": ((118, 70), (109, 84), (97, 95)),
    "aortic arch": ((142, 4), (130, 28), (112, 56), (94, 82)),
}


class ThoraxPainter:
    """Paints one patient's chest.

    Parameters
    ----------
    canvas : TissueCanvas
    rng : numpy.random.Generator
        The patient.
    level : str
        ``"heart"`` or ``"aortic arch"``.
    """

    def __init__(self, canvas: TissueCanvas, rng: np.random.Generator, level: Level) -> None:
        self.canvas = canvas
        self.rng = rng
        self.level = level
        self.deform = Deformation(rng, amplitude=4.5)
        self.size = float(rng.uniform(0.92, 1.03))
        self.fat = float(rng.uniform(6.0, 20.0))
        self.lungs = {
            "left": self._placed(closed_spline(LUNGS[level])),
            "right": self._placed(mirrored(closed_spline(LUNGS[level]))),
        }

    def paint(self) -> None:
        """Table, wall, lungs and mediastinum."""
        self._paint_wall()
        for side, sign in (("right", -1.0), ("left", 1.0)):
            self.canvas.fill(self.lungs[side], T.LUNG)
            hilum = self._placed(np.array([[sign * 36.0, 4.0]]))[0]
            paint_vessels(self.canvas, self.rng, (float(hilum[0]), float(hilum[1])), self.lungs[side])
        self.canvas.fill(
            self._placed(uneven(closed_spline(MEDIASTINUM[self.level]), self.rng, 0.03)), T.MEDIASTINAL_FAT
        )
        if self.level == "heart":
            self._paint_heart()
        else:
            self._paint_arch()
        self._paint_spine()

    def _placed(self, outline: Outline) -> Outline:
        return self.deform(np.asarray(outline) * self.size)

    def _fill(self, outline: Outline, tissue: int) -> None:
        self.canvas.fill(self._placed(outline), tissue)

    def _bone(self, outline: Outline, cortex: float = 1.3) -> None:
        self.canvas.fill_shelled(self._placed(outline), T.CORTICAL_BONE, cortex, T.MARROW)

    def _paint_wall(self) -> None:
        """Table, skin, fat, muscles, ribs, sternum and scapulae."""
        rng, canvas, heart = self.rng, self.canvas, self.level == "heart"
        bottom = 112 * self.size + self.fat
        table = open_spline(
            [(-150, bottom - 8), (-75, bottom + 9), (0, bottom + 14), (75, bottom + 9), (150, bottom - 8)]
        )
        canvas.fill(ribbon(table, 3.0), T.TABLE)
        width, height, middle = (139, 106, 4) if heart else (144, 95, 4)
        radii = (width * self.size + self.fat, height * self.size + 0.6 * self.fat)
        body = self.deform(ellipse((0, middle), radii, exponent=2.4))
        canvas.fill(body, T.SKIN)
        arm = body - body.mean(axis=0)
        canvas.fill(body - arm * 1.8 / np.linalg.norm(arm, axis=1, keepdims=True), T.FAT)
        inner, outer = (123, 97) if heart else (107, 86)
        self._fill(ellipse((0, 5), (inner + 5, outer + 2), exponent=2.3), T.MUSCLE)
        for side in (1.0, -1.0):
            bulk = rng.uniform(0.85, 1.15)
            if heart:
                muscles = [
                    ellipse((114, 66), (16 * bulk, 40), 32),
                    ellipse((60, -92), (34, 5 * bulk), 14),
                    ellipse((30, 103), (22, 10 * bulk), -8),
                ]
            else:
                muscles = [
                    ellipse((122, 44), (30 * bulk, 52), 34),
                    ellipse((66, -78), (56, 13 * bulk), 22),
                    ellipse((34, 92), (30, 11 * bulk), -14),
                    ellipse((138, -8), (16, 24), 0),
                ]
            for muscle in muscles:
                self._fill(uneven(muscle if side > 0 else mirrored(muscle), rng, 0.05), T.MUSCLE)
            blade = ribbon(open_spline(SCAPULA[self.level]), [7, 3.5, 4.5, 6] if not heart else [3, 5, 3.5])
            self._bone(blade if side > 0 else mirrored(blade), 1.0)
            self._paint_ribs(side)
        self._bone(ellipse((0, -93 if heart else -86), (20, 5.5), exponent=3), 1.4)

    def _paint_ribs(self, side: float) -> None:
        """Oblique cuts of the ribs in the wall around one lung."""
        rng = self.rng
        # Outside the lung: ribs follow its outline at a distance of about 5 mm.
        lung = closed_spline(LUNGS[self.level])
        centre = np.array([52.0, 4.0])
        first = rng.uniform(-78, -66)
        for start in np.arange(first, 100, rng.uniform(30, 35)):
            reach = rng.uniform(12, 22)
            angles = np.radians(np.linspace(start, start + reach, 24))
            bearing = np.arctan2(lung[:, 1] - centre[1], lung[:, 0] - centre[0])
            order = np.argsort(bearing)
            radius = np.interp(angles, bearing[order], np.linalg.norm(lung - centre, axis=1)[order]) + 5.2
            line = centre + radius[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            thick = rng.uniform(5.5, 7.5)
            rib = ribbon(line, [0.5 * thick, thick, thick, 0.6 * thick])
            self._bone(rib if side > 0 else mirrored(rib), 1.5)

    def _paint_heart(self) -> None:
        """Chambers, descending aorta, oesophagus and the vessels of the hila."""
        rng = self.rng
        self._fill(uneven(ellipse((19, -24), (51, 38), 24), rng, 0.04), T.HEART_MUSCLE)
        for where, radii, degrees in (
            ((40, -20), (23, 15), 40),  # left ventricle
            ((18, -47), (25, 12), 28),  # right ventricle
            ((-17, -26), (14, 20), 5),  # right atrium
            ((8, 2), (24, 11), 4),  # left atrium
            ((3, -22), (9, 9), 0),  # outflow tract
        ):
            self._fill(uneven(ellipse(where, radii, degrees), rng, 0.07), T.BLOOD)
        self._fill(uneven(ellipse((-37, 8), (13, 5), -20), rng, 0.1), T.BLOOD)
        self._fill(uneven(ellipse((42, 10), (12, 4.5), 25), rng, 0.1), T.BLOOD)
        self._fill(ellipse((18, 42), (12.5, 12.5)), T.BLOOD)
        self._fill(ellipse((4, 30), (7, 5)), T.OESOPHAGUS)

    def _paint_arch(self) -> None:
        """Aortic arch or its limbs, vena cava, trachea and oesophagus."""
        rng = self.rng
        if rng.random() < 0.5:
            arch = open_spline([(-2, -34), (12, -18), (20, 2), (24, 24)])
            self._fill(ribbon(arch, [26, 25, 23, 24]), T.BLOOD)
        else:
            self._fill(ellipse((-3, -30), (15, 15)), T.BLOOD)
            self._fill(ellipse((22, 26), (12.5, 12.5)), T.BLOOD)
            self._fill(uneven(ellipse((22, -16), (12, 9), -30), rng, 0.05), T.BLOOD)
        self._fill(ellipse((-19, -18), (8.5, 10.5)), T.BLOOD)
        self._fill(ellipse((-4, 8), (10.2, 9.6)), T.AIRWAY_WALL)
        self._fill(ellipse((-4, 8), (8.8, 8.2)), T.AIRWAY)
        self._fill(ellipse((3, 25), (7, 5)), T.OESOPHAGUS)
        for _ in range(rng.integers(3, 7)):  # lymph nodes
            where = (float(rng.uniform(-20, 18)), float(rng.uniform(-55, 20)))
            self.canvas.fill(
                self._placed(ellipse(where, (rng.uniform(1.5, 3.5), rng.uniform(1.5, 3.0)))),
                T.OESOPHAGUS,
                (T.MEDIASTINAL_FAT,),
            )

    def _paint_spine(self) -> None:
        """Vertebral body, canal, processes and the heads of the ribs."""
        shift = 70.0 if self.level == "heart" else 58.0
        body = ellipse((0, shift), (18, 15), exponent=2.5)
        for side in (1.0, -1.0):
            process = ribbon(open_spline([(12, shift + 22), (26, shift + 27), (38, shift + 24)]), [9, 8, 6])
            self._bone(process if side > 0 else mirrored(process))
            head = ribbon(open_spline([(17, shift + 9), (30, shift + 17), (44, shift + 25)]), [8, 7, 6])
            self._bone(head if side > 0 else mirrored(head))
        self._bone(ellipse((0, shift + 23), (16, 13)), 1.6)
        self._bone(ribbon(open_spline([(0, shift + 30), (0, shift + 40)]), [7, 5]))
        self._bone(body, 1.5)
        self._fill(ellipse((0, shift + 21), (9.5, 8)), T.SPINAL_CANAL)
