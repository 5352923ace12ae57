"""How long each edit operation takes on a label map of 512 x 512: CPU time, median of several runs.

Run it with ``python benchmarks/editing.py``; ``--json`` prints one object.
"""

import argparse
import json
import statistics
import time

import numpy as np
from scipy import ndimage

from u3edu.editing import (
    Box,
    BrushStroke,
    EditContext,
    EditOperation,
    Element,
    Eraser,
    Exemplar,
    Fill,
    Grow,
    KeepLargest,
    LabelMap,
    Line,
    OneLayerBack,
    OneLayerDeeper,
    Polygon,
    RemoveSmall,
    Ring,
    Shrink,
    Smooth,
    TissuePolygon,
    TissueStroke,
    apply_operation,
)
from u3edu.editing.quilting import pattern_tile
from u3edu.imaging.slice import Acquisition, IntensityScale, Window

REPEATS = 15


def mixed_map() -> LabelMap:
    """Ten elements in blotches of a few pixels, and a disc of element 9 in the middle."""
    field = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal((512, 512)), 3)
    labels = np.digitize(field, np.quantile(field, np.linspace(0.1, 0.9, 8))).astype(np.uint8)
    rows, columns = np.ogrid[:512, :512]
    labels[(rows - 256) ** 2 + (columns - 256) ** 2 < 30**2] = 9
    elements = tuple(Element(str(index), "#000000", 0.0) for index in range(10))
    scale = IntensityScale(1.0, 0.0, "signal")
    return LabelMap(labels, elements, Acquisition("MR", (0.5, 0.5), scale, (Window("full", 0, 2),)))


def operations(label_map: LabelMap) -> dict[str, EditOperation]:
    """One of each kind, of a usual size."""
    scribble = [(150 + index, 150 + 60 * np.sin(index / 9)) for index in range(120)]
    circle = [(256 + 30 * np.cos(turn), 256 + 30 * np.sin(turn)) for turn in np.linspace(0, 6.2, 200)]
    exemplar = Exemplar.from_region(label_map, Box(60, 60, 108, 108))
    move = {"point": (256, 256), "elements": (9,), "lumen": (256, 200), "millimetres": 4.0}
    return {
        "stroke, 24 px": BrushStroke(element=1, points=[(200, 200), (205, 230)], diameter=24),
        "scribble, 120 points, 24 px": BrushStroke(element=1, points=scribble, diameter=24),
        "eraser, 24 px": Eraser(points=[(200, 200), (205, 230)], diameter=24),
        "fill": Fill(element=1, seed=(256, 256)),
        "polygon, 200 corners": Polygon(element=1, points=circle),
        "line": Line(element=1, points=circle, width=4, closed=True),
        "ring": Ring(element=1, centre=(256, 256), radii=(60, 50), thickness=5),
        "grow 3 mm": Grow(element=9, millimetres=3),
        "shrink 3 mm": Shrink(element=9, millimetres=3),
        "smooth, whole picture": Smooth(radius=3),
        "smooth, 60 px region": Smooth(radius=3, region=Box(226, 226, 286, 286).corners),
        "keep largest": KeepLargest(element=3),
        "remove small": RemoveSmall(element=3, square_millimetres=8),
        "deeper 4 mm": OneLayerDeeper(**move),
        "back 4 mm": OneLayerBack(**move),
        "tissue stroke, 24 px": TissueStroke(points=[(200, 200)], diameter=24, exemplar=exemplar, rim=4),
        "tissue, 60 px lesion": TissuePolygon(points=circle, exemplar=exemplar, rim=6),
    }


def main() -> None:
    """Print a table, or one JSON object with milliseconds by operation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    label_map = mixed_map()
    context = EditContext(label_map)
    found: dict[str, float] = {}
    for name, operation in operations(label_map).items():
        runs = []
        for _ in range(REPEATS):
            start = time.process_time()
            apply_operation(operation, label_map, context)
            runs.append(time.process_time() - start)
        found[name] = 1000 * statistics.median(runs)
    runs = []
    exemplar = Exemplar.from_region(label_map, Box(60, 60, 108, 108))
    for seed in range(REPEATS):
        start = time.process_time()
        pattern_tile(exemplar, seed)
        runs.append(time.process_time() - start)
    found["a new exemplar's or seed's pattern, once"] = 1000 * statistics.median(runs)
    if parser.parse_args().json:
        print(json.dumps(found))
        return
    for name, milliseconds in found.items():
        print(f"{name:42s} {milliseconds:7.1f} ms")


if __name__ == "__main__":
    main()
