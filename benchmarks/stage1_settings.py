"""What the settings of stage 1 are worth: short runs on phantoms, one setting changed at a time.

python benchmarks/stage1_settings.py --output notebooks/research_stage1_settings
    [--dicom FOLDER_OF_MR_PATIENTS]

Writes OUTPUT.json (a row a run) and OUTPUT.png (label maps of a phantom that no run has seen,
one below the other; the pixel values are the labels, ordered from dark to bright). With --dicom
the weight of the reconstruction loss is tried on real pictures, too: trained on all patients
but the last, measured on the last.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from PIL import Image
from rich.console import Console

from u3edu.evaluation.segmentation import segmentation_figures
from u3edu.evaluation.view_agreement import compare_views, draw_view
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import Phantom
from u3edu.imaging.slice import Slice
from u3edu.training.command import read_training_slices
from u3edu.training.data import CropSampler
from u3edu.training.export import engine_of
from u3edu.training.stage1 import train_stage1
from u3edu.training.stage1_config import Stage1Config

# Half as wide as what ships: settings are compared here, not pictures admired.
NETWORK: Mapping[str, Any] = {"encoder_widths": (8, 16, 32), "decoder_widths": (12, 24, 48, 80)}
BASE: Mapping[str, Any] = {
    "name": "settings",
    "modality": "MR",
    "model": {**NETWORK, "elements": 10},
    "weights": {"reconstruction": 30.0},
    "margin": 1.0,
    "geometric": "moderate",
    "photometric": {"jitter": "moderate"},
    # Half of a phantom is air; a crop without anatomy teaches nothing.
    "foreground_above": -0.9,
    "crop": 64,
    "batch": 4,
    "steps": 150,
    "learning_rate": 2e-3,
}
RECONSTRUCTION: Mapping[str, Mapping[str, Any]] = {
    f"reconstruction {weight:g}": {"weights": {"reconstruction": weight}} for weight in (0.0, 3.0, 300.0)
}
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "base": {},
    "base, seed 1": {"seed": 1},
    **RECONSTRUCTION,
    "no transforms": {"geometric": "none", "photometric": "none"},
    "geometric alone": {"photometric": "none"},
    "photometric alone": {"geometric": "none"},
    "strong transforms": {"geometric": "strong", "photometric": {"jitter": "strong"}},
    "5 classes": {"model": {**NETWORK, "elements": 5}},
    "20 classes": {"model": {**NETWORK, "elements": 20}},
    "margin 0.1": {"margin": 0.1},
    "margin 5": {"margin": 5.0},
}
TRAINED_ON, MEASURED_ON = range(8), range(100, 102)
# The pelvis without the air around it.
SHOWN = (slice(96, 288), slice(96, 288))


@dataclass(frozen=True)
class Row:
    """What one run came to.

    Parameters
    ----------
    setting : str
    agreement : float
        Share of equal labels between two views under moderate t1, t2 and t3.
    explained : float
        Share of the variance of the intensities that lies between the labels, not within.
    mse : float
        Of the reconstructions.
    used : int
        Clusters that hold at least 0.3 % of the pixels.
    pieces, rand, recall_1, leak_1 : float, optional
        See `u3edu.evaluation.segmentation.SegmentationFigures`; none without truth.
    seconds : float
        Of processor time for the training.
    """

    setting: str
    agreement: float
    explained: float
    mse: float
    used: int
    pieces: float | None
    rand: float | None
    recall_1: float | None
    leak_1: float | None
    seconds: float


def config_of(changes: Mapping[str, Any]) -> Stage1Config:
    """The base settings with some changed."""
    return Stage1Config.model_validate({**BASE, **changes})


def measure(
    setting: str,
    config: Stage1Config,
    train: Sequence[Slice],
    held_out: Sequence[Slice],
    phantoms: Sequence[Phantom],
) -> tuple[Row, np.ndarray]:
    """Train with some settings, measure on pictures not seen, and give the first one's label map.

    `phantoms` are those that the held-out pictures are of; empty where there is no truth.
    """
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    crops = CropSampler.of(train, config.crop, config.foreground_above)
    started = time.process_time()
    network = train_stage1(config, crops, fabric)
    seconds = time.process_time() - started
    engine = engine_of(network, config)
    segmented = [engine.segment(picture) for picture in held_out]
    intensities = np.concatenate([picture.pixels.ravel() for picture in held_out])
    labels = np.concatenate([label_map.labels.ravel() for label_map in segmented])
    counts = np.bincount(labels, minlength=config.model.elements)
    means = np.bincount(labels, intensities, len(counts)) / np.maximum(counts, 1)
    within = np.square(intensities - means[labels]).mean()
    from_dark_to_bright = means.argsort().argsort().astype(np.uint8)

    generator = torch.Generator().manual_seed(0)
    views = np.zeros(4)
    for picture in held_out:
        first, second = (
            draw_view(picture, {"affine": "moderate"}, {"jitter": "moderate"}, generator) for _ in range(2)
        )
        views += compare_views(engine, picture, first, second)
    errors = [
        np.square(engine.synthesize(label_map).pixels - picture.pixels).mean()
        for label_map, picture in zip(segmented, held_out, strict=True)
    ]
    truth = [
        segmentation_figures(label_map.labels, phantom.tissues, phantom.tissue_names)
        for label_map, phantom in zip(segmented, phantoms, strict=False)
    ]

    def against_truth(name: str) -> float | None:
        return round(float(np.mean([getattr(one, name) for one in truth])), 4) if truth else None

    row = Row(
        setting=setting,
        agreement=round(float(views[0] / views[1]), 4),
        explained=round(float(1 - within / intensities.var()), 4),
        mse=round(float(np.mean(errors)), 5),
        used=int((counts >= 0.003 * counts.sum()).sum()),
        pieces=against_truth("pieces"),
        rand=against_truth("rand"),
        recall_1=against_truth("recall_1"),
        leak_1=against_truth("leak_1"),
        seconds=round(seconds, 1),
    )
    return row, from_dark_to_bright[segmented[0].labels]


def by_patient(folder: Path, console: Console) -> tuple[list[Slice], list[Slice]]:
    """Slices of all patients but the last, and of the last; a patient is a sub-folder."""
    patients = sorted(path for path in folder.iterdir() if path.is_dir())
    slices = [read_training_slices(patient, "MR", console) for patient in patients]
    return [picture for patient in slices[:-1] for picture in patient], slices[-1]


def main() -> None:
    """Train and measure every setting, print rows as they come, write JSON and PNG."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True, help="path without suffix")
    parser.add_argument("--dicom", type=Path, help="folder with a sub-folder of MR slices for each patient")
    options = parser.parse_args()
    torch.set_num_threads(1)
    phantoms = [pelvic_phantom(seed) for seed in MEASURED_ON]
    held_out = [phantom.picture for phantom in phantoms]
    train = [pelvic_phantom(seed).picture for seed in TRAINED_ON]
    rows: dict[str, list[Row]] = {"phantoms": [], "real": []}
    maps: list[np.ndarray] = []

    def add(group: str, row: Row) -> None:
        """Note a row, and write down what there is: a run of minutes may be cut short."""
        rows[group].append(row)
        print(f"{group}: {row}", flush=True)
        results = {"base": config_of({}).model_dump(mode="json")}
        results |= {name: [vars(one) for one in group] for name, group in rows.items()}
        options.output.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
        Image.fromarray(np.concatenate(maps)).save(options.output.with_suffix(".png"), optimize=True)

    for setting, changes in SETTINGS.items():
        row, label_map = measure(setting, config_of(changes), train, held_out, phantoms)
        maps.append(label_map[SHOWN])
        add("phantoms", row)
    if options.dicom:
        train, held_out = by_patient(options.dicom, Console(stderr=True))
        for setting, changes in {"base": {}, **RECONSTRUCTION}.items():
            row, _ = measure(setting, config_of(changes), train, held_out[::10], ())
            add("real", row)


if __name__ == "__main__":
    main()
