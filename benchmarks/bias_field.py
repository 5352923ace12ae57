"""What removing the coils' bias field changes: on phantoms with a known field, and on a patient.

python benchmarks/bias_field.py --model pelvic-mri [--patient FOLDER_OF_DICOM] [--json]

On phantoms: correlation of the estimated with the true field (logarithms, over the tissue), and
the spread of the fat's signal before and after. On a patient, before and after: strength of the
field still found, reconstruction, and agreement of the label maps of two views.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
from rich.console import Console

from u3edu.engine.local import load_engine
from u3edu.evaluation.reconstruction import reconstruction_figures
from u3edu.evaluation.view_agreement import view_figures
from u3edu.imaging.bias_field import bias_field, tissue_mask, without_bias
from u3edu.imaging.phantom.acquisition import coil_bias
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.training.command import read_training_slices


def phantom_figures(seed: int, strength: float = 1.2) -> dict[str, float]:
    """One phantom, on top of its own weak bias multiplied with a strong one."""
    phantom = pelvic_phantom(seed)
    field = coil_bias(np.random.default_rng(seed), phantom.picture.shape, strength)
    signal = phantom.picture.raw * field
    tissue = tissue_mask(signal)
    found = bias_field(signal)
    fat = phantom.mask("subcutaneous fat") & tissue
    return {
        "correlation": float(np.corrcoef(np.log(field[tissue]), np.log(found[tissue]))[0, 1]),
        "fat_cv_before": float(signal[fat].std() / signal[fat].mean()),
        "fat_cv_after": float((signal / found)[fat].std() / (signal / found)[fat].mean()),
    }


def patient_figures(folder: Path, model: str) -> dict[str, dict[str, float]]:
    """Means over the slices, and agreement, as the pictures are and without their bias."""
    engine = load_engine(model)
    slices = read_training_slices(folder, "MR", Console(stderr=True))
    table = {}
    for name, pictures in (("as it is", slices), ("without bias", [without_bias(one) for one in slices])):
        figures = [
            reconstruction_figures(picture, engine.synthesize(engine.segment(picture)))
            for picture in pictures
        ]
        fields = [bias_field(picture.raw) for picture in pictures]
        views = view_figures(engine, pictures)
        table[name] = {
            "field_sd": float(
                np.mean([np.log(f[tissue_mask(p.raw)]).std() for f, p in zip(fields, pictures, strict=True)])
            ),
            "mse": float(np.mean([figure.mse for figure in figures])),
            "ssim": float(np.mean([figure.ssim for figure in figures])),
            "psnr": float(np.mean([figure.psnr for figure in figures])),
            "agreement": views.agreement,
            "body_agreement": views.body_agreement,
        }
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pelvic-mri")
    parser.add_argument("--patient", type=Path, help="DICOM files of one patient")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="pydicom")
    phantoms = [phantom_figures(seed) for seed in range(options.seeds)]
    figures = {
        "phantoms": {key: float(np.mean([one[key] for one in phantoms])) for key in phantoms[0]},
        **(patient_figures(options.patient, options.model) if options.patient else {}),
    }
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, values in figures.items():
            print(f"{name}: " + ", ".join(f"{key} {value:.4f}" for key, value in values.items()))


if __name__ == "__main__":
    main()
