"""`u3edu train`: from a folder of DICOM to weights and a model card."""

import copy
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from lightning_fabric import Fabric
from rich.console import Console

from u3edu.engine.local import LocalEngine
from u3edu.engine.shown import Shown
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.resampling import resampled
from u3edu.imaging.series import read_files
from u3edu.imaging.slice import Slice
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net
from u3edu.model.weights import load_weights
from u3edu.training.data import CropSampler, LabelledCrops
from u3edu.training.dividing import divide_clusters
from u3edu.training.export import engine_of, export_model, export_stage2, trained_by_stage2
from u3edu.training.progress import follow
from u3edu.training.settling import settle
from u3edu.training.shares import widen_small_clusters
from u3edu.training.stage1 import train_stage1
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.stage2 import train_stage2
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.watch import AdversarialWatch, ClusterWatch
from u3edu.training.whole_pictures import WholePicture


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


def training_slices(network: U3NetConfig, modality: str, folder: Path, console: Console) -> list[Slice]:
    """What a run learns from: every slice of a folder, as the network is shown it."""
    slices = read_training_slices(folder, modality, console)
    return [Shown.of(picture, network).picture for picture in slices]


def copies_of(slices: Sequence[Slice], config: Stage2Config) -> list[Slice]:
    """Slices with pixels of other sizes, drawn by chance, alike by their logarithm."""
    if config.spacings is None:
        return []
    numbers = np.random.default_rng(config.seed)
    smallest, largest = map(math.log, config.spacings)
    return [
        resampled(picture, math.exp(numbers.uniform(smallest, largest)))
        for picture in slices
        for _ in range(config.copies)
    ]


def say(remark: str | None, fabric: Fabric, console: Console) -> None:
    """Print a remark, where there is one, once for all processes."""
    if remark and fabric.is_global_zero:
        console.print(remark, style="yellow", highlight=False)


def train(
    config: Stage1Config,
    folder: Path,
    output: Path,
    fabric: Fabric,
    console: Console,
    *,
    compile_model: bool = False,
) -> Path:
    """Train stage 1 on a folder, going on from a checkpoint in `output` where there is one.

    Parameters
    ----------
    config : Stage1Config
    folder : Path
        DICOM files in any sub-folders.
    output : Path
        Gets ``stage1.ckpt``, losses, previews, and at the end ``<name>.safetensors`` with its card.
    fabric : Fabric
    console : rich.console.Console
        For progress and remarks.
    compile_model : bool
        Whether torch.compile makes the steps faster.

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
    slices = training_slices(config.model, config.modality, folder, console)
    crops = CropSampler.of(slices, config.crop, config.foreground_above)
    engine = partial(engine_of, config=config)
    watch = ClusterWatch(config)
    with follow("stage 1", config.steps, slices, engine, output, fabric, console) as show:

        def report(step: int, losses: dict[str, float], network: U3Net) -> None:
            show(step, losses, network)
            say(watch.look(step, network.encoder.quantizer), fabric, console)

        network = train_stage1(
            config,
            crops,
            fabric,
            checkpoint=output / "stage1.ckpt",
            compile_model=compile_model,
            report=report,
        )
    weights = output / f"{config.name}.safetensors"
    if config.blur_afterwards is not None:
        network.blur_encoder(config.blur_afterwards)
    if config.divisions:
        divide_clusters(network, slices, config.divisions, config.revive_below)
    if config.smallest_share:
        widen_small_clusters(network, slices, config.smallest_share)
    if fabric.is_global_zero:
        export_model(weights, network, config, slices)
    fabric.barrier()
    return weights


def train_on(
    start: Path,
    config: Stage2Config,
    folder: Path,
    output: Path,
    fabric: Fabric,
    console: Console,
    *,
    compile_model: bool = False,
) -> Path:
    """Train stage 2 on from weights, or from a checkpoint in `output` where there is one.

    Parameters
    ----------
    start : Path
        Weights of stage 1 with their card; or of stage 2, whose decoder learns on.
    config : Stage2Config
    folder : Path
        DICOM files in any sub-folders.
    output : Path
        Gets ``stage2.ckpt``, ``settling.ckpt`` where the decoder settles, losses, previews, and at the
        end ``<name>.safetensors`` with its card.
    fabric : Fabric
    console : rich.console.Console
        For progress and remarks.
    compile_model : bool
        Whether torch.compile makes the steps faster.

    Returns
    -------
    Path
        The weights file.

    Raises
    ------
    ValueError
        If the weights are of another anatomy, would be overwritten, or already have been trained
        by stage 2 and a new decoder is wanted; if the folder holds nothing to train on; if the
        checkpoint is of another run.
    FloatingPointError
        If a loss is no longer a number.
    """
    weights = output / f"{config.name}.safetensors"
    if weights.resolve() == start.resolve():
        raise ValueError(
            f"{start}: stage 2 would overwrite the weights that it starts from; choose another --output"
        )
    network, card = load_weights(start)
    if (card.name, card.modality) != (config.name, config.modality):
        raise ValueError(
            f"{start}: these weights are {card.name!r} ({card.modality}), "
            f"the recipe is for {config.name!r} ({config.modality})"
        )
    if trained_by_stage2(card) and config.decoder_widths:
        raise ValueError(f"{start}: stage 2 has been trained already; start from weights of stage 1")
    config = config.model_copy(update={"started_from": card.weights_sha256})
    slices = training_slices(network.config, config.modality, folder, console)
    engine = LocalEngine(copy.deepcopy(network), card, str(fabric.device))
    copies = copies_of(slices, config)
    crops = LabelledCrops.of([*slices, *copies], engine, config, len(slices))
    pictures: list[WholePicture] = []
    if config.decoder_weights.whole_reader or config.settling.steps:
        pictures = [WholePicture.of(picture, engine, config) for picture in slices]
    watch = AdversarialWatch(config.learns_from)
    engine_now = partial(engine_of, config=config)
    with follow("stage 2", config.steps, slices, engine_now, output, fabric, console) as show:

        def report(step: int, losses: dict[str, float], network: U3Net) -> None:
            show(step, losses, network)
            say(watch.look(step, losses), fabric, console)

        network = train_stage2(
            config,
            network,
            crops,
            fabric,
            checkpoint=output / "stage2.ckpt",
            compile_model=compile_model,
            report=report,
            pictures=pictures,
        )
    if config.settling.steps:
        beside = [WholePicture.of(picture, engine, config) for picture in copies]
        steps = config.settling.steps
        with follow("settling", steps, slices, engine_now, output, fabric, console) as show:
            network = settle(
                config,
                network,
                pictures,
                beside,
                fabric,
                checkpoint=output / "settling.ckpt",
                report=show,
            )
    if fabric.is_global_zero:
        export_stage2(weights, network, config, card, slices)
    fabric.barrier()
    return weights
