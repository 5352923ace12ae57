"""What a GPU brings, and whether it draws the same: engines, a service's batches, and training.

python -m benchmarks.gpu [--json] [--model chest-ct] [--repeats 20]

Processor and GPU are measured in turn, in one run; figures are medians, or ratios of them. Needs a
GPU that PyTorch sees.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from lightning_fabric import Fabric

from benchmarks.synthesis import GREY_LEVEL, Strokes, seconds
from u3edu.engine.appearance import Appearance
from u3edu.engine.cutouts import Cutout, CutoutDecoder
from u3edu.engine.local import LocalEngine
from u3edu.engine.wire import ModelInfo, request_for
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice
from u3edu.model.weights import load_weights, weights_path
from u3edu.training.data import CropSampler
from u3edu.training.recipe import load_recipe
from u3edu.training.stage1 import train_stage1

SIDE, STROKE = 512, 24
TOGETHER = (1, 8, 32, 128)


def on(device: str, model: str) -> LocalEngine:
    """The model on a device."""
    return LocalEngine(*load_weights(weights_path(model)), device)


def engine_figures(model: str, picture: Slice, repeats: int) -> dict[str, float]:
    """Segmenting, drawing and a stroke's drawing on both devices, and how far their pictures differ."""
    engines = {device: on(device, model) for device in ("cpu", "cuda")}
    strokes = {device: Strokes(engine, SIDE) for device, engine in engines.items()}
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(repeats + 1):
        for device, engine in engines.items():
            edited, _ = strokes[device].paint(STROKE)
            works: dict[str, Callable[[], object]] = {
                "segment": partial(engine.segment, picture),
                "picture": partial(engine.synthesize, edited),
            }
            measured = {name: seconds(work) for name, work in works.items()}
            measured["stroke"] = strokes[device].time(STROKE)
            # The first turn warms up.
            for name, value in measured.items() if turn else ():
                times.setdefault((device, name), []).append(value)
    medians = {key: statistics.median(values) for key, values in times.items()}
    figures = {f"{name}_{device}_ms": 1e3 * value for (device, name), value in medians.items()}
    for name in ("segment", "picture", "stroke"):
        figures[f"{name}_ratio"] = medians["cpu", name] / medians["cuda", name]
    label_maps = {device: engine.segment(picture) for device, engine in engines.items()}
    drawn = [engine.synthesize(label_maps["cpu"]).pixels for engine in engines.values()]
    figures["grey_levels_apart"] = float(np.abs(drawn[0] - drawn[1]).max()) / GREY_LEVEL
    labels = [label_map.labels for label_map in label_maps.values()]
    figures["labels_apart_share"] = float((labels[0] != labels[1]).mean())
    return figures


def batch_figures(model: str, repeats: int) -> dict[str, float]:
    """Strokes a second that a service's decoder draws, so many together."""
    engine = on("cpu", model)
    strokes, numbers = Strokes(engine, SIDE), np.random.default_rng(0)
    figures: dict[str, float] = {}
    for device in ("cpu", "cuda"):
        network = load_weights(weights_path(model))[0].to(device).eval().requires_grad_(False)
        decoder = CutoutDecoder(network.decoder, network.encoder.quantizer)
        unet = network.decoder.unet
        info = ModelInfo(
            name=model,
            weights="",
            elements=len(engine.elements),
            stride=unet.stride,
            reach=unet.reach(),
            largest_side=SIDE,
        )
        cutouts = []
        for _ in range(max(TOGETHER)):
            label_map, box = strokes.paint(STROKE)
            request = request_for(label_map.labels, box, info, Appearance(grain=numbers.uniform(0.5, 1.5)))
            corner = request.cutout.top, request.cutout.left
            cutouts.append(Cutout(request.labels, corner, request.box, request.appearance))
        for count in TOGETHER if device == "cuda" else (1,):
            times = [seconds(partial(decoder.decode, cutouts[:count])) for _ in range(repeats + 1)][1:]
            figures[f"strokes_a_second_{device}_{count}"] = count / statistics.median(times)
    figures["together_ratio"] = figures["strokes_a_second_cuda_32"] / figures["strokes_a_second_cuda_1"]
    return figures


def training_figures(model: str, picture: Slice, steps: int) -> dict[str, float]:
    """Steps a second of stage 1 with the recipe's settings, and with four times the batch on the GPU."""
    recipe = load_recipe(model)
    figures: dict[str, float] = {}
    for device, batch in (("cpu", recipe.batch), ("cuda", recipe.batch), ("cuda", 4 * recipe.batch)):
        config = recipe.model_copy(update={"steps": steps, "batch": batch})
        ends: list[float] = []
        train_stage1(
            config,
            CropSampler.of([picture], config.crop),
            Fabric(accelerator=device, devices=1, precision="bf16-mixed"),
            report=lambda *_, into=ends: into.append(time.perf_counter()),  # type: ignore[misc]
        )
        figures[f"steps_a_second_{device}_{batch}"] = 1 / statistics.median(np.diff(ends[2:]).tolist())
    figures["images_a_second_ratio"] = (
        4 * figures[f"steps_a_second_cuda_{4 * recipe.batch}"] / figures[f"steps_a_second_cpu_{recipe.batch}"]
    )
    figures["training_peak_mib"] = torch.cuda.max_memory_allocated() / 2**20
    return figures


def main() -> None:
    """Measure and print, as words or as one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="chest-ct")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--steps", type=int, default=40, help="of training")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        parser.exit(1, "PyTorch sees no GPU on this machine: there is nothing to measure\n")
    phantom = chest_phantom if load_recipe(options.model).modality == "CT" else pelvic_phantom
    picture = phantom(3).picture
    figures = engine_figures(options.model, picture, options.repeats)
    figures |= batch_figures(options.model, options.repeats)
    figures |= training_figures(options.model, picture, options.steps)
    named = {"gpu": torch.cuda.get_device_name(), "model": options.model}
    if options.json:
        print(json.dumps(named | figures))
        return
    print(f"{named['gpu']} beside this processor, {torch.get_num_threads()} threads, {options.model}")
    for name, value in figures.items():
        print(f"  {name}: {value:.4g}")


if __name__ == "__main__":
    main()
