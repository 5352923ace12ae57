"""U3-Net beside super-pixels and clustering: on phantoms, and on LIDC-IDRI's nodule contours.

python benchmarks/segmentation_against_truth.py --seeds 20 \
    --lidc FOLDER_OF_PATIENTS --annotations FOLDER_OF_XML --output table.json --figure table.png

A patient's folder has the name of the annotation file, for example LIDC-IDRI-0003.
"""

import argparse
import json
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from u3edu.engine.local import LocalEngine, load_engine
from u3edu.evaluation.baselines import BASELINES
from u3edu.evaluation.lidc import contour_union, nodule_mask, read_contours
from u3edu.evaluation.segmentation import segmentation_figures
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.series import read_files
from u3edu.imaging.slice import Slice

Method = Callable[[Slice], np.ndarray]
COLUMNS = ("pieces", "rand", "recall_1", "recall_2", "leak_1", "leak_2", "mean_dice", "mean_union_dice")
# What the tables and the figure call them.
NAMES = {
    "rand": "Rand index",
    "recall_1": "recall 1",
    "recall_2": "recall 2",
    "leak_1": "leak 1",
    "leak_2": "leak 2",
    "mean_dice": "match",
    "mean_union_dice": "union",
    "lesion_union_dice": "lesion union",
}
COLOURS = ("#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7")


def methods(engine: LocalEngine) -> dict[str, Method]:
    """U3-Net first, then the baselines."""
    return {
        f"U3-Net, K = {len(engine.elements)}": lambda picture: engine.segment(picture).labels,
        **BASELINES,
    }


def measure_phantoms(anatomy: str, seeds: int) -> dict[str, dict[str, list[float]]]:
    """Each figure of each method, a value a seed."""
    draw, model = (pelvic_phantom, "pelvic-mri") if anatomy == "pelvis" else (chest_phantom, "chest-ct")
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    ways = methods(load_engine(model))
    for seed in range(seeds):
        phantom = draw(seed)
        for name, segment in ways.items():
            figures = segmentation_figures(segment(phantom.picture), phantom.tissues, phantom.tissue_names)
            for column in COLUMNS:
                table[name][column].append(float(getattr(figures, column)))
            lesion = [figures.union_dice[t] for t in figures.union_dice if "tumour" in t or "nodule" in t]
            table[name]["lesion_union_dice"].append(max(lesion))
    return table


def measure_lidc(folder: Path, annotations: Path) -> dict[str, dict[str, list[float]]]:
    """Dice of every contour by method and patient."""
    ways = methods(load_engine("chest-ct"))
    table: dict[str, dict[str, list[float]]] = {name: {} for name in ways}
    for path in sorted(annotations.glob("*.xml")):
        contours = defaultdict(list)
        for contour in read_contours(path):
            contours[contour.instance_uid, contour.reader, contour.nodule].append(contour)
        found = [one for one in folder.rglob(path.stem) if one.is_dir()]
        slices = {
            picture.acquisition.source.instance_uid: picture
            for series in (scan_folder(found[0]).series if found else ())
            for picture in read_files(series)
        }
        wanted = sorted({key[0] for key in contours} & set(slices))
        for name, segment in ways.items():
            scores, pieces = [], []
            for uid in wanted:
                labels = segment(slices[uid])
                for key, group in contours.items():
                    mask = nodule_mask(tuple(group), slices[uid].shape)
                    if key[0] == uid and mask.any():
                        union = contour_union(labels, mask)
                        scores.append(union.dice)
                        pieces.append(float(union.segments))
            table[name][path.stem] = scores
            table[name].setdefault("pieces", []).extend(pieces)
        print(f"{path.stem}: {len(scores)} of {len(contours)} contours, on {len(wanted)} slices")
    return table


def show(title: str, table: dict[str, dict[str, list[float]]]) -> None:
    """A row a method, mean ± SD."""
    columns = list(next(iter(table.values())))
    print(f"\n| {title} | {' | '.join(NAMES.get(c, c) for c in columns)} |\n|---|{'---|' * len(columns)}")
    for name, values in table.items():
        cells = []
        for column in columns:
            digits = 0 if column == "pieces" else 3
            cells.append(f"{np.mean(values[column]):.{digits}f} ± {np.std(values[column]):.{digits}f}")
        print(f"| {name} | {' | '.join(cells)} |")


def draw_figure(tables: dict[str, dict[str, dict[str, list[float]]]], path: Path) -> None:
    """Bars of the figures between 0 and 1, a panel a data set."""
    figure = Figure(figsize=(11, 3.4 * len(tables)), layout="constrained", dpi=80)
    for axes, (title, table) in zip(
        figure.subplots(len(tables), 1, squeeze=False)[:, 0], tables.items(), strict=True
    ):
        columns = [column for column in next(iter(table.values())) if column != "pieces"]
        for number, (name, values) in enumerate(table.items()):
            at = np.arange(len(columns)) + (number - 2) * 0.16
            means, deviations = ([f(values[c]) for c in columns] for f in (np.mean, np.std))
            axes.bar(
                at,
                means,
                0.15,
                yerr=deviations,
                label=name,
                color=COLOURS[number],
                error_kw={"linewidth": 0.8},
            )
        axes.set_xticks(np.arange(len(columns)), [NAMES.get(column, column) for column in columns])
        axes.set(title=title, ylim=(0, 1.05))
    figure.legend(
        *axes.get_legend_handles_labels(), ncols=3, fontsize=8, loc="outside lower center", frameon=False
    )
    figure.savefig(path)


def main() -> None:
    """Measure, print tables, write JSON and figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--lidc", type=Path, help="folder with a sub-folder of DICOM for each patient")
    parser.add_argument("--annotations", type=Path, help="folder of LIDC-IDRI's XML files")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--figure", type=Path, help="PNG file to write")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="pydicom")
    tables = {}
    for anatomy in ("pelvis", "chest"):
        title = f"{anatomy} phantoms, {options.seeds} seeds"
        tables[title] = measure_phantoms(anatomy, options.seeds)
        show(title, tables[title])
    if options.lidc and options.annotations:
        table = measure_lidc(options.lidc, options.annotations)
        for values in table.values():
            by_patient = [
                float(np.mean(scores)) for name, scores in values.items() if name != "pieces" and scores
            ]
            values["mean of patients"] = by_patient
        tables["LIDC-IDRI contours, Dice of the best union"] = table
        show("LIDC-IDRI", table)
    if options.output:
        options.output.write_text(json.dumps(tables, indent=1) + "\n", "utf-8")
    if options.figure:
        draw_figure(tables, options.figure)


if __name__ == "__main__":
    main()
