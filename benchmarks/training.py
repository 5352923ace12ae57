"""Speed and memory of stage 1: the paper's networks in plain float32 against the tuned path.

python benchmarks/training.py [--crop 256] [--batch 4] [--steps 6] [--json]

Each way runs in a process of its own, so that its peak memory is its own; figures are ratios of
one call. Then the same network is trained for 200 steps on small crops both ways, for three
seeds: bf16 may change the losses by no more than another seed does. The exit status is 1 where
a bound is missed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from lightning_fabric import Fabric

from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net
from u3edu.training.allocator import keep_freed_memory
from u3edu.training.compilation import compiled
from u3edu.training.data import CropSampler, step_generator
from u3edu.training.loss_settings import LossWeights
from u3edu.training.recipe import load_recipe
from u3edu.training.stage1 import learning_rate, stage1_losses
from u3edu.training.stage1_batch import draw_batch
from u3edu.training.stage1_config import Stage1Config

FASTER, LEANER = 2.0, 0.7  # the bounds: at least so much faster, at most this share of the memory
LAST, SEEDS = 50, 3  # losses are means over the last steps


@dataclass(frozen=True)
class Way:
    """One way to train: a network, a precision, a memory layout, memory kept or not, compiled or not."""

    network: U3NetConfig
    precision: Literal["32-true", "bf16-mixed"]
    channels_last: bool
    keep_memory: bool = False
    compile_model: bool = False


SHIPPED = load_recipe("pelvic-mri").model
WAYS = {
    "paper, plain": Way(U3NetConfig.paper(), "32-true", channels_last=False),
    "paper, tuned": Way(U3NetConfig.paper(), "bf16-mixed", channels_last=True),
    "shipped, plain": Way(SHIPPED, "32-true", channels_last=False),
    "shipped, tuned": Way(SHIPPED, "bf16-mixed", channels_last=True),
    "paper, tuned, memory kept": Way(U3NetConfig.paper(), "bf16-mixed", channels_last=True, keep_memory=True),
    "shipped, tuned, memory kept": Way(SHIPPED, "bf16-mixed", channels_last=True, keep_memory=True),
    "shipped, tuned, compiled": Way(SHIPPED, "bf16-mixed", channels_last=True, compile_model=True),
}


def losses_and_seconds(
    way: Way, crop: int, batch: int, steps: int, seed: int = 0
) -> tuple[list[dict[str, float]], list[float]]:
    """Train on phantoms; the losses of every step and how long it took."""
    if way.keep_memory:
        keep_freed_memory()
    fabric = Fabric(accelerator="cpu", devices=1, precision=way.precision)
    config = Stage1Config(
        name="benchmark", modality="MR", model=way.network, crop=crop, batch=batch, steps=steps, seed=seed
    )
    weights = LossWeights(reconstruction=30.0)
    crops = CropSampler.of([pelvic_phantom(number).picture for number in range(3)], crop, -0.9)
    torch.manual_seed(seed)
    network = U3Net(config.model).train()
    if way.channels_last:
        network.to_channels_last()
    optimiser = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    forward = compiled(network, fabric.device) if way.compile_model else network
    model, optimiser = fabric.setup(forward, optimiser)
    losses_by_step, seconds = [], []
    for step in range(steps):
        started = time.perf_counter()
        generator = step_generator(seed, step)
        drawn = draw_batch(config, crops, generator, fabric)
        if not way.channels_last:
            drawn = replace(drawn, views=drawn.views.contiguous())
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, step)
        losses = stage1_losses(model, network, drawn, config, generator)
        optimiser.zero_grad()
        fabric.backward(sum(getattr(weights, name) * loss for name, loss in losses.items()))
        optimiser.step()
        losses_by_step.append({name: float(loss.detach()) for name, loss in losses.items()})
        seconds.append(time.perf_counter() - started)
    return losses_by_step, seconds


def peak_mebibytes() -> float:
    """Most memory that this process has held at once."""
    (line,) = [row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def speed_and_memory(way: str, crop: int, batch: int, steps: int) -> dict[str, float]:
    """Measured in a process of its own; the first step, which also starts K-means, does not count."""
    command = [sys.executable, __file__, "--way", way]
    command += ["--crop", str(crop), "--batch", str(batch), "--steps", str(steps)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"{way}: {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def noise(crop: int = 32, batch: int = 2, steps: int = 200) -> dict[str, dict[str, float]]:
    """By loss: the plain path's mean over seeds, its spread, and how far the tuned path lies from it."""
    means: dict[str, list[dict[str, float]]] = {}
    for name in ("shipped, plain", "shipped, tuned"):
        for seed in range(SEEDS):
            losses, _ = losses_and_seconds(WAYS[name], crop, batch, steps, seed)
            last = {key: statistics.fmean(step[key] for step in losses[-LAST:]) for key in losses[0]}
            means.setdefault(name, []).append(last)
    plain, tuned = means["shipped, plain"], means["shipped, tuned"]
    return {
        key: {
            "plain": statistics.fmean(run[key] for run in plain),
            "spread_of_seeds": statistics.stdev(run[key] for run in plain),
            "tuned_less_plain": statistics.fmean(b[key] - a[key] for a, b in zip(plain, tuned, strict=True)),
        }
        for key in plain[0]
    }


def main() -> int:
    """Measure, print, and hold the figures to the bounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--crop", type=int, default=256)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--compile", action="store_true", help="measure the compiled path, too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--way", choices=WAYS, help="measure this one, here, and print JSON")
    options = parser.parse_args()
    sizes = (options.crop, options.batch, options.steps)
    if options.way:
        _, seconds = losses_and_seconds(WAYS[options.way], *sizes)
        figures = {"seconds_a_step": statistics.median(seconds[1:]), "peak_mebibytes": peak_mebibytes()}
        print(json.dumps(figures))
        return 0
    ways = [name for name in WAYS if options.compile or not WAYS[name].compile_model]
    measured = {name: speed_and_memory(name, *sizes) for name in ways}
    plain = measured["paper, plain"]
    for figures in measured.values():
        figures["times_as_fast"] = plain["seconds_a_step"] / figures["seconds_a_step"]
        figures["share_of_memory"] = figures["peak_mebibytes"] / plain["peak_mebibytes"]
    tuned, losses = measured["shipped, tuned"], noise()
    held = {
        f"at least {FASTER} times as fast": tuned["times_as_fast"] >= FASTER,
        f"at most {LEANER} of the memory": tuned["share_of_memory"] <= LEANER,
        "losses within the spread of seeds": all(
            abs(loss["tuned_less_plain"]) <= loss["spread_of_seeds"] for loss in losses.values()
        ),
    }
    if options.json:
        print(json.dumps({"sizes": sizes, "ways": measured, "losses": losses, "bounds": held}, indent=1))
    else:
        for name, figures in measured.items():
            print(
                f"{name}: {1 / figures['seconds_a_step']:.2f} steps/s ({figures['times_as_fast']:.2f} x), "
                f"{figures['peak_mebibytes']:.0f} MiB ({figures['share_of_memory']:.2f} x)"
            )
        for name, loss in losses.items():
            print(
                f"{name} after 200 steps: {loss['plain']:.5f} ± {loss['spread_of_seeds']:.5f} plain, "
                f"{loss['tuned_less_plain']:+.5f} tuned"
            )
        for bound, is_held in held.items():
            print(f"{'ok' if is_held else 'MISSED'}: {bound}")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
