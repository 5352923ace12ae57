"""`u3edu evaluate`: a model's figures on a folder of patients, as a table and as JSON."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from u3edu.engine.protocol import Engine
from u3edu.evaluation.reconstruction import PatientFigures, evaluate_patient
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.series import read_files

# Section 3: mean over the paper's 100 test series of each anatomy.
PAPER = {
    "pelvic-mri": {"mse": 1.41e-2, "ssim": 0.740, "psnr": 22.5},
    "chest-ct": {"mse": 5.03e-4, "ssim": 0.908, "psnr": 38.6},
}

COLUMNS = ("mse", "ssim", "psnr", "psnr_full_range", "body_mse", "body_ssim", "body_psnr")


def evaluate(engine: Engine, modality: str, folder: Path) -> list[PatientFigures]:
    """Figures of each patient: each direct sub-folder of `folder`, or `folder` itself.

    Raises
    ------
    ValueError
        If there is no slice of `modality`.
    """
    patients = []
    for subfolder in [path for path in sorted(folder.iterdir()) if path.is_dir()] or [folder]:
        series = [files for files in scan_folder(subfolder).series if files.modality == modality]
        if series:
            slices = (picture for files in series for picture in read_files(files))
            patients.append(evaluate_patient(engine, subfolder.name, slices))
    if not patients:
        raise ValueError(f"{folder}: no {modality} slice to evaluate")
    return patients


def print_table(console: Console, name: str, patients: list[PatientFigures]) -> None:
    """A row a patient (mean ± SD over its slices), and the paper's means."""
    table = Table("patient", "slices", *COLUMNS, title=name)
    for patient in patients:
        cells = [f"{getattr(patient.mean, key):.4g} ± {getattr(patient.sd, key):.2g}" for key in COLUMNS]
        table.add_row(patient.patient, str(patient.slices), *cells)
    if name in PAPER:
        table.add_row(
            "paper", "", *(f"{PAPER[name][key]:.4g}" if key in PAPER[name] else "" for key in COLUMNS)
        )
    console.print(table)
    for patient in patients:
        shares = " ".join(f"{100 * share:.1f}" for share in patient.shares)
        console.print(f"{patient.patient}: share of each element in %: {shares}", highlight=False)


def to_json(name: str, patients: list[PatientFigures]) -> str:
    """The figures as one JSON object."""
    report = {
        "model": name,
        "paper": PAPER.get(name, {}),
        "patients": [patient.to_dict() for patient in patients],
    }
    return json.dumps(report, indent=2)
