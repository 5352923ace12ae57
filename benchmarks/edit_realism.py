"""Do edited places look like real tissue of their kind? Measured on edits of a patient not seen.

    python -m benchmarks.edit_realism TEST --model MODEL [--train TRAIN] [--edits 40] [--json]

An edit: a disc of the patient's own tissue is taken as an exemplar, and the tissue brush paints it
as a lobed lesion elsewhere in the same slice; the model draws the slice. The lesions are compared with
the discs in the real slices (`u3edu.evaluation.edit_realism`). Beside it stands how much one half of
the discs differs from the other half. With --train, the automatic reader, taught on the patients of
TRAIN, tells edited slices from real ones.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy import ndimage

from u3edu.editing.exemplar import Exemplar
from u3edu.editing.script import EditScript
from u3edu.editing.tissue import TissueStroke
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.evaluation.command import read_patients
from u3edu.evaluation.edit_realism import EditRealism, Place, edit_realism
from u3edu.evaluation.lesson import Lesson
from u3edu.evaluation.patient import plain
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice
from u3edu.model.backbone import Backbone

RADIUS = 14  # of a disc, in pixels
SPREAD = 5.0  # of a lesion's lobes, in pixels


def disc(shape: tuple[int, int], centre: np.ndarray) -> np.ndarray:
    """A disc of tissue, bool [H, W]."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return np.asarray((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= RADIUS**2)


def edited(
    engine: LocalEngine, picture: Slice, rng: np.random.Generator
) -> tuple[Place, Place, Reconstructed]:
    """An edit, the tissue that it was painted with, and the edited slice beside the real one."""
    label_map, body = engine.segment(picture), body_mask(picture)
    inside = np.argwhere(ndimage.binary_erosion(body, iterations=3 * RADIUS))
    source, target = rng.choice(inside, 2, replace=False)
    while np.hypot(*(source - target)) < 4 * RADIUS:
        target = rng.choice(inside)
    tissue = disc(picture.shape, source)
    exemplar = Exemplar.from_region(label_map, tissue, name="tissue", source="the slice itself")
    lobes = [target + rng.normal(0, SPREAD, 2) for _ in range(3)]
    script = EditScript(
        operations=tuple(
            TissueStroke(
                exemplar=exemplar,
                points=[tuple(map(float, target)), tuple(map(float, lobe))],
                diameter=float(rng.uniform(1.4, 2.2) * RADIUS),
            )
            for lobe in lobes
        )
    )
    painted, _ = script.apply(label_map)
    drawn = engine.synthesize(painted)
    region = np.zeros(picture.shape, bool)
    for lobe in lobes:
        region |= ndimage.distance_transform_edt(~_line(picture.shape, target, lobe)) <= 0.7 * RADIUS
    return (
        Place(drawn, painted, region),
        Place(picture, label_map, tissue),
        Reconstructed(picture, painted, drawn, body),
    )


def _line(shape: tuple[int, int], start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Pixels along a line, bool [H, W]."""
    line = np.zeros(shape, bool)
    line[tuple(np.rint(np.linspace(start, end, 32)).astype(int).T)] = True
    return line


def in_words(name: str, figures: EditRealism) -> str:
    """A line for people."""
    decibels = " ".join(f"{value:+.1f}" for value in figures.decibels)
    return (
        f"{name}: spectrum {decibels} dB ({figures.windows} windows against {figures.real_windows}), "
        f"boundaries x {figures.boundary:.2f}, noise x {figures.noise:.2f}, "
        f"flat pixels x {figures.flat:.2f}, gradients {figures.gradients:.2f} of their mean apart"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("test", type=Path, help="DICOM of patients not trained on")
    parser.add_argument("--model", required=True)
    parser.add_argument("--train", type=Path, help="DICOM of the patients that the reader learns from")
    parser.add_argument("--edits", type=int, default=40, help="of each patient")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    engine, rng = load_engine(options.model, "cpu"), np.random.default_rng(0)
    modality = engine.card.modality
    lesson = None
    if options.train:
        lesson = Lesson.of(engine, Backbone(), dict(read_patients(options.train, modality)))
    for patient, slices in read_patients(options.test, modality):
        chosen = [slices[index] for index in np.linspace(0, len(slices) - 1, options.edits).astype(int)]
        edits, tissues, pairs = zip(*(edited(engine, one, rng) for one in chosen), strict=True)
        found = {
            "edits against tissue": edit_realism(edits, tissues),
            "half the tissue against the other": edit_realism(tissues[::2], tissues[1::2]),
        }
        read = lesson.read(patient, pairs) if lesson else None
        if options.json:
            figures = {name: plain(asdict(one)) for name, one in found.items()}
            figures |= (
                {"reader_auc": plain(read.auc), "reader_tile_auc": plain(read.tile_auc)} if read else {}
            )
            print(json.dumps({"patient": patient, "edits": len(edits), **figures}))
            continue
        print(f"{patient}, {len(edits)} edits")
        for name, one in found.items():
            print(f"  {in_words(name, one)}")
        if read:
            print(f"  automatic reader over edited slices {read.auc:.3f}, over tiles {read.tile_auc:.3f}")


if __name__ == "__main__":
    main()
