"""The figures of a model as tables on a console."""

from collections.abc import Iterator

import numpy as np
from rich.console import Console
from rich.table import Table

from u3edu.evaluation.figures import ModelFigures
from u3edu.evaluation.patient import SMALLEST_SHARE, PatientFigures
from u3edu.evaluation.reader import ReaderFigures

RECONSTRUCTION = ("mse", "ssim", "psnr", "psnr_full_range", "body_mse", "body_ssim", "body_psnr")


def print_tables(console: Console, model: ModelFigures) -> None:
    """Reconstruction by patient beside the paper's means, then realism, views and elements, and the goals."""
    table = Table("patient", "slices", *RECONSTRUCTION, title=f"{model.title}: reconstruction")
    for patient in model.patients:
        cells = [cell for _, cell in reconstruction_cells(patient)]
        table.add_row(patient.patient, str(patient.slices), *cells)
    if model.paper:
        cells = [f"{model.paper[key]:.4g}" if key in model.paper else "" for key in RECONSTRUCTION]
        table.add_row("paper", "", *cells)
    console.print(table)
    for index, patient in enumerate(model.patients):
        title = f"{model.title}: {patient.patient}"
        table = Table("measure", "figure", "perfect", title=title, title_justify="left")
        for row in realism_rows(patient):
            table.add_row(*row)
        console.print(table)
        for goal in model.goals(index):
            state = "reached" if goal.met else "not reached"
            console.print(f"{goal.name}: {goal.figure}, goal {goal.aim}: {state}", highlight=False)
    for figures in model.reader:
        console.print(reader_line(figures), highlight=False)


def reconstruction_cells(patient: PatientFigures) -> Iterator[tuple[str, str]]:
    """Name of each figure of reconstruction, and its mean ± SD over the slices."""
    for key in RECONSTRUCTION:
        yield key, f"{getattr(patient.mean, key):.4g} ± {getattr(patient.sd, key):.2g}"


def realism_rows(patient: PatientFigures) -> Iterator[tuple[str, str, str]]:
    """Measure, figure and what would be perfect, in words and numbers."""
    views, spectrum, noise = patient.views, patient.spectrum, patient.noise
    yield (
        f"labels equal across views, t1 + t2 + t3 ({views.slices} slices)",
        f"{views.agreement:.3f}, in the body {views.body_agreement:.3f}",
        "1",
    )
    yield (
        "labels equal under each alone",
        "  ".join(f"{key} {share:.3f}" for key, share in views.stability.items()),
        "1",
    )
    yield "in the body", "  ".join(f"{key} {share:.3f}" for key, share in views.body_stability.items()), "1"
    yield "share of each element in %", " ".join(f"{100 * share:.1f}" for share in patient.shares), ""
    few = ", ".join(str(element) for element in patient.small_elements) or "none"
    yield f"elements with less than {100 * SMALLEST_SHARE:.1f} %", few, "none"
    yield "feature distance (EfficientNet-Lite0)", f"{patient.feature_distance:.4f}", "0"
    decibels = " ".join(f"{value:+.1f}" for value in spectrum.decibels)
    yield f"local spectrum, four quarters, dB ({spectrum.windows} windows)", decibels, "0"
    yield "gradients: distance to the real ones", f"{patient.gradients.distance:.3f}", "0"
    yield "gradients: flat pixels, times the real share", f"{patient.gradients.flat:.2f}", "1"
    yield (
        "energy along boundaries, times the real contrast",
        f"{patient.boundary:.2f} ± {patient.boundary_sd:.2f}",
        "1",
    )
    ratios = np.divide(
        noise.reconstruction, noise.real, out=np.full(len(noise.real), np.nan), where=noise.real > 0
    )
    by_element = " ".join(f"{value:.2f}" if np.isfinite(value) else "-" for value in ratios)
    yield "noise, times the real one", f"{noise.ratio:.2f}; by element {by_element}", "1"


def reader_line(figures: ReaderFigures) -> str:
    """What the automatic reader reached, in a sentence."""
    return (
        f"automatic reader on {figures.patient}: AUC {figures.auc:.3f} (95 % interval {figures.low:.3f} to "
        f"{figures.high:.3f}) over {figures.slices} real and {figures.slices} reconstructed slices of this "
        f"one patient; over tiles {figures.tile_auc:.3f} ({figures.tile_low:.3f} to "
        f"{figures.tile_high:.3f}); 0.5 is perfect"
    )
