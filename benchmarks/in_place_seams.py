"""Does an edge detector find the seam of an edit made in place? Measured on edits of real slices.

python -m benchmarks.in_place_seams CHEST_CT_FOLDER PELVIC_MRI_FOLDER --figure in-place.png

At the seam (two pixels to either side of where the original begins) the share of pixels that are
edges (Canny) is compared with the original's at the same pixels, and with that of random pixels
of the same tissue: same element, same distance from the element's border, further from the edit.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import ndimage
from skimage.feature import canny

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke
from u3edu.editing.difference import edited_pixels
from u3edu.editing.in_place import SEAM, in_place
from u3edu.editing.label_map import LabelMap
from u3edu.editing.script import EditScript
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.imaging.body import body_mask
from u3edu.imaging.series import read_series
from u3edu.imaging.slice import Slice

EDGE_SIGMA = 1.0
DEPTHS = (1.5, 2.5, 4.5)
VIEW = 80  # pixels to each side of the edit in the figure


@dataclass(frozen=True)
class SeamOutcome:
    """Shares of edge pixels: at the seam, in the original there, and at random places."""

    picture: str
    pixels: int
    joined: float
    original: float
    elsewhere: float
    identical_outside: bool
    milliseconds: float


def random_edit(picture: Slice, label_map: LabelMap, rng: np.random.Generator) -> EditScript:
    """A lobed lesion at a random place in the body, of an element that is common in the picture."""
    shares = label_map.shares()
    common = [number for number in np.flatnonzero(shares > 0.02) if label_map.elements[number].mean > -0.9]
    body = ndimage.binary_erosion(body_mask(picture), iterations=30)
    row, column = rng.choice(np.argwhere(body))
    here = label_map.labels[row, column]
    element = int(rng.choice([number for number in common if number != here]))
    lobes = [(row + rng.normal(0, 4), column + rng.normal(0, 4)) for _ in range(3)]
    return EditScript(
        operations=tuple(
            BrushStroke(element=element, points=[(row, column), lobe], diameter=float(rng.uniform(8, 20)))
            for lobe in lobes
        )
    )


def measure(
    name: str, engine: LocalEngine, picture: Slice, base: LabelMap, before: Slice, rng: np.random.Generator
) -> tuple[SeamOutcome, tuple[Slice, Slice, Slice], np.ndarray]:
    """One random edit, made in place."""
    edited_map, box = random_edit(picture, base, rng).apply(base)
    assert box is not None
    after = engine.resynthesize(before, edited_map, box)
    edited = edited_pixels(base, edited_map)
    start = time.perf_counter()
    joined = in_place(picture, before, after, edited, edited_map.labels)
    took = (time.perf_counter() - start) * 1000

    distance = ndimage.distance_transform_edt(~edited)
    gradient = ndimage.gaussian_gradient_magnitude(picture.pixels, EDGE_SIGMA)
    low, high = np.quantile(gradient[gradient > 0.01], (0.6, 0.8))
    edges = {
        which: canny(one.pixels, EDGE_SIGMA, low_threshold=low, high_threshold=high)
        for which, one in (("joined", joined), ("original", picture))
    }
    seam = (np.abs(distance - SEAM) <= 2) & ~edited
    depth = np.zeros(base.shape, np.int64)
    for element in np.unique(base.labels):
        inside = base.labels == element
        depth[inside] = np.digitize(ndimage.distance_transform_edt(inside)[inside], DEPTHS)
    kind = base.labels.astype(np.int64) * (len(DEPTHS) + 1) + depth
    far = distance > 2 * SEAM
    elsewhere = []
    for tissue, count in zip(*np.unique(kind[seam], return_counts=True), strict=True):
        alike = edges["original"][far & (kind == tissue)]
        elsewhere.append(alike.mean() * count if alike.size else np.nan)
    outcome = SeamOutcome(
        name,
        int(seam.sum()),
        float(edges["joined"][seam].mean()),
        float(edges["original"][seam].mean()),
        float(np.nansum(elsewhere) / seam.sum()),
        bool((joined.pixels == picture.pixels)[distance >= SEAM].all()),
        took,
    )
    return outcome, (picture, after, joined), edited


def draw(shown: list[tuple[tuple[Slice, Slice, Slice], np.ndarray]], path: Path) -> None:
    """Original, whole synthesis and in place, two edits a row."""
    rows = -(-len(shown) // 2)
    figure = Figure(figsize=(13, 2.2 * rows), layout="constrained", dpi=110)
    grid = figure.subplots(rows, 6, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for number, (pictures, edited) in enumerate(shown):
        box = Box.around(edited)
        assert box is not None
        row, column = (box.top + box.bottom) // 2, (box.left + box.right) // 2
        near = Box(row - VIEW, column - VIEW, row + VIEW, column + VIEW).clip(edited.shape).slices
        for axes, one, title in zip(
            grid[number // 2, number % 2 * 3 :],
            pictures,
            ("original", "whole synthesis", "in place"),
            strict=False,
        ):
            axes.imshow(one.display()[near], cmap="gray", vmin=0, vmax=255)
            axes.set_title(title, fontsize=8)
    figure.suptitle(f"{len(shown)} random edits: synthetic, for education only", fontsize=10)
    figure.savefig(path)


def main() -> None:
    """Measure, print a summary, write JSON and figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chest", type=Path, help="folder of a chest CT series")
    parser.add_argument("pelvis", type=Path, help="folder of a pelvic MRI series")
    parser.add_argument("--slices", type=int, default=3, help="of each series")
    parser.add_argument("--edits", type=int, default=20, help="on each slice; the figure shows two")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--figure", type=Path, help="PNG file to write")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    outcomes: list[SeamOutcome] = []
    shown = []
    for model, folder in (("chest-ct", options.chest), ("pelvic-mri", options.pelvis)):
        engine, series = load_engine(model), read_series(folder)
        for position in np.linspace(0.3, 0.7, options.slices):
            picture = series[int(position * len(series))]
            base = engine.segment(picture)
            before = engine.synthesize(base)
            for number in range(options.edits):
                outcome, pictures, edited = measure(model, engine, picture, base, before, rng)
                outcomes.append(outcome)
                if number < 2:
                    shown.append((pictures, edited))
    for model in ("chest-ct", "pelvic-mri"):
        part = [one for one in outcomes if one.picture == model]
        weights = [one.pixels for one in part]
        shares = [
            np.average([getattr(one, which) for one in part], weights=weights)
            for which in ("joined", "original", "elsewhere")
        ]
        excess, own = (
            np.array([one.joined - getattr(one, which) for one in part])
            for which in ("elsewhere", "original")
        )
        errors = [each.std(ddof=1) / len(part) ** 0.5 for each in (excess, own)]
        print(
            f"{model}: {len(part)} edits, {sum(weights)} seam pixels; edges: in place {shares[0]:.3f}, "
            f"original there {shares[1]:.3f}, same tissue elsewhere {shares[2]:.3f}; in place less elsewhere "
            f"per edit {excess.mean():+.3f} ± {1.96 * errors[0]:.3f} (95 %), less original there "
            f"{own.mean():+.3f} ± {1.96 * errors[1]:.3f}; identical outside: "
            f"{all(one.identical_outside for one in part)}; "
            f"{np.median([one.milliseconds for one in part]):.0f} ms"
        )
    if options.output:
        options.output.write_text(json.dumps([asdict(one) for one in outcomes], indent=1) + "\n", "utf-8")
    if options.figure:
        draw((shown[: 2 * options.slices] + shown[2 * options.slices :])[:12], options.figure)


if __name__ == "__main__":
    main()
