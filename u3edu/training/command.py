"""`u3edu train`: from a folder of DICOM to weights and a model card."""

import time
from pathlib import Path
from typing import Literal

import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from u3edu.imaging.folder import scan_folder
from u3edu.imaging.series import read_files
from u3edu.imaging.slice import Slice
from u3edu.model.u3net import U3Net
from u3edu.training.config import Stage1Config
from u3edu.training.data import CropSampler
from u3edu.training.export import engine_of, export_model
from u3edu.training.preview import save_preview
from u3edu.training.stage1 import train_stage1

PREVIEW_EVERY = 500


def launch_fabric(device: str, devices: int, precision: Literal["auto", "bf16-mixed", "32-true"]) -> Fabric:
    """Start Fabric on `devices` processes; ``auto`` takes bf16 where the hardware computes in it."""
    if precision == "auto":
        has_bf16 = torch.cuda.is_bf16_supported() if torch.cuda.is_available() else cpu_has_bf16()
        precision = "bf16-mixed" if has_bf16 else "32-true"
    fabric = Fabric(accelerator=device, devices=devices, precision=precision)
    fabric.launch()
    return fabric


def cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 faster than single precision."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and bool({"avx512_bf16", "amx_bf16"} & set(flags.read_text("utf-8").split()))


def read_training_slices(folder: Path, modality: str, console: Console) -> list[Slice]:
    """Every slice of every series of `modality` under a folder; says what was left out.

    Raises
    ------
    ValueError
        If there is none.
    """
    scan = scan_folder(folder)
    slices: list[Slice] = []
    problems = list(scan.problems)
    for files in scan.series:
        if files.modality == modality:
            series = read_files(files)
            slices.extend(series.slices)
            problems.extend(series.problems)
    for problem in problems:
        console.print(f"left out: {problem}", style="yellow", highlight=False)
    if not slices:
        raise ValueError(f"{folder}: no {modality} slice to train on")
    return slices


def train(config: Stage1Config, folder: Path, output: Path, fabric: Fabric, console: Console) -> Path:
    """Train stage 1 on a folder, going on from a checkpoint in `output` where there is one.

    Parameters
    ----------
    config : Stage1Config
    folder : Path
        DICOM files in any sub-folders.
    output : Path
        Gets ``stage1.ckpt``, ``previews/`` and at the end ``<name>.safetensors`` with its card.
    fabric : Fabric
    console : rich.console.Console
        For progress and remarks.

    Returns
    -------
    Path
        The weights file.

    Raises
    ------
    ValueError
        If the folder holds nothing to train on, or the checkpoint is of another run.
    FloatingPointError
        If the loss is no longer a number.
    """
    slices = read_training_slices(folder, config.modality, console)
    crops = CropSampler.of(slices, config.crop, config.foreground_above)
    shown = [slices[index * len(slices) // 3] for index in range(3)]
    columns = (
        TextColumn("stage 1"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[losses]}"),
    )
    with Progress(*columns, console=console, disable=not fabric.is_global_zero) as progress:
        bar = progress.add_task("stage 1", total=config.steps, losses="")
        log = LossLog(output / "losses.csv")

        def report(step: int, losses: dict[str, float], network: U3Net) -> None:
            words = "  ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
            progress.update(bar, completed=step + 1, losses=words)
            if not fabric.is_global_zero:
                return
            log.add(step, losses)
            if (step + 1) % PREVIEW_EVERY == 0 or step + 1 == config.steps:
                save_preview(output / "previews" / f"{step + 1:06d}.png", engine_of(network, config), shown)

        network = train_stage1(config, crops, fabric, checkpoint=output / "stage1.ckpt", report=report)
    weights = output / f"{config.name}.safetensors"
    if fabric.is_global_zero:
        export_model(weights, network, config, slices)
    fabric.barrier()
    return weights


class LossLog:
    """A CSV file of losses, one row every ten steps.

    Parameters
    ----------
    path : Path
        Appended to, so that a resumed run continues its file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = time.monotonic()

    def add(self, step: int, losses: dict[str, float]) -> None:
        """Write a row where `step` is a multiple of ten."""
        if step % 10:
            return
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            if new:
                file.write(",".join(["step", "seconds", *losses]) + "\n")
            seconds = time.monotonic() - self.started
            file.write(
                ",".join([str(step), f"{seconds:.1f}", *(f"{loss:.6f}" for loss in losses.values())]) + "\n"
            )
