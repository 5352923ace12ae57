"""Full synthesis and a stroke's re-synthesis, timed against the paper's network in plain torch.

python -m benchmarks.synthesis [--json] [--model pelvic-mri] [--repeats 30] [--cpu]

The paper's configuration has random weights; both are measured in turn, so that other load on
the machine meets both. Ratios are of medians. ``--model random`` measures the default
configuration with grain, whose weights don't matter for time; ``--cpu`` takes the processor's
time instead of the clock's, which with ``--threads 1`` can be compared on a busy machine.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from tests.engine.networks import card_for, random_label_map, random_network
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.local import LocalEngine
from u3edu.model.card import ModelCard
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net
from u3edu.model.weights import load_weights, weights_path

GREY_LEVEL = 2 / 255


# What `seconds` reads; `--cpu` changes it.
_clock = {"read": time.perf_counter}


def seconds(work: Callable[[], object]) -> float:
    """Time of one call."""
    start = _clock["read"]()
    work()
    return _clock["read"]() - start


def network_and_card(name: str) -> tuple[U3Net, ModelCard]:
    """A shipped model, or the default configuration with grain and random weights."""
    if name != "random":
        return load_weights(weights_path(name))
    config = U3NetConfig(noise_seed=1)
    network = random_network(config)
    for layer in network.decoder.unet.noise:
        torch.nn.init.normal_(layer.strength.weight, std=0.1)
    return network, card_for(config)


class Strokes:
    """Strokes at random places of a picture, each on the picture that the last one left."""

    def __init__(self, engine: LocalEngine, side: int) -> None:
        self.engine, self.numbers = engine, np.random.default_rng(0)
        self.label_map = random_label_map(engine, (side, side))
        self.picture = engine.synthesize(self.label_map)

    def paint(self, size: int) -> tuple[LabelMap, Box]:
        """The next label map, with a square of one element painted."""
        rows, columns = self.label_map.shape
        top, left = (int(self.numbers.integers(0, side - size + 1)) for side in (rows, columns))
        box = Box(top, left, top + size, left + size)
        labels = self.label_map.labels.copy()
        labels[box.slices] = self.numbers.integers(len(self.label_map.elements))
        return self.label_map.with_labels(labels), box

    def time(self, size: int) -> float:
        """Paint and draw again, in seconds without the painting."""
        self.label_map, box = self.paint(size)
        previous = self.picture

        def draw() -> None:
            self.picture = self.engine.resynthesize(previous, self.label_map, box)

        return seconds(draw)

    def error(self) -> float:
        """Largest difference between the picture as it stands and decoding everything."""
        return float(np.abs(self.picture.pixels - self.engine.synthesize(self.label_map).pixels).max())


def paper_decoding(side: int) -> Callable[[], object]:
    """Decoding everything with the paper's widths, as a reader of the paper would in plain torch."""
    torch.manual_seed(0)
    network = U3Net(U3NetConfig.paper()).eval()
    network.encoder.quantizer.means.normal_()
    labels = torch.randint(0, network.config.elements, (1, side, side))

    def decode() -> None:
        with torch.inference_mode():
            network.decoder(network.encoder.quantizer.look_up(labels))

    return decode


@torch.inference_mode()
def option_differences(name: str, label_map: LabelMap) -> dict[str, float]:
    """Largest difference from plain float32 of each faster way, in grey levels of 8 bits."""
    labels = torch.from_numpy(label_map.labels.astype(np.int64))[None]
    plain, _ = network_and_card(name)
    quantized = plain.encoder.quantizer.look_up(labels)
    expected = plain.decoder(quantized).clamp(-1, 1)
    with torch.autocast("cpu", torch.bfloat16):
        half = plain.decoder(quantized).float().clamp(-1, 1)
    found = torch.tensor(LocalEngine(*network_and_card(name), "cpu").synthesize(label_map).pixels)
    ways = {"engine (used)": found, "bfloat16 (not used)": half}
    return {way: float((pixels - expected).abs().max()) / GREY_LEVEL for way, pixels in ways.items()}


def measure(engine: LocalEngine, strokes: Strokes, repeats: int) -> dict[str, float]:
    """Medians in milliseconds of the paper's network, the whole picture and a stroke, in turn."""
    paper = paper_decoding(512)
    times: dict[str, list[float]] = {"paper_ms": [], "full_ms": [], "stroke_24px_ms": []}
    for turn in range(repeats + 1):
        paper_time = seconds(paper)
        edited, _ = strokes.paint(24)
        full_time = seconds(partial(engine.synthesize, edited))
        stroke_times = [strokes.time(24) for _ in range(2)]
        # The first turn warms up.
        if turn:
            times["paper_ms"].append(paper_time)
            times["full_ms"].append(full_time)
            times["stroke_24px_ms"] += stroke_times
    return {name: 1e3 * statistics.median(values) for name, values in times.items()}


def ratios(figures: dict[str, float]) -> dict[str, float]:
    """How many times faster than the paper's network."""
    return {
        "full_ratio": figures["paper_ms"] / figures["full_ms"],
        "stroke_24px_ratio": figures["paper_ms"] / figures["stroke_24px_ms"],
        "stroke_24px_ms": figures["stroke_24px_ms"],
    }


def print_growth(engine: LocalEngine, strokes: Strokes, few: int) -> None:
    """How the cost grows with the stroke's size and with the picture's."""
    for size in (8, 16, 24, 32, 64, 128, 256):
        milliseconds = 1e3 * statistics.median(strokes.time(size) for _ in range(few))
        print(f"  stroke of {size} pixels: {milliseconds:.1f} ms")
    for side in (256, 512, 768, 1024):
        others = Strokes(engine, side)
        edit = 1e3 * statistics.median(others.time(24) for _ in range(few))
        whole = 1e3 * statistics.median(
            seconds(partial(engine.synthesize, others.label_map)) for _ in range(3)
        )
        print(f"  picture of {side} x {side}: {whole:.0f} ms, stroke {edit:.1f} ms")


def main() -> None:
    """Measure and print, as words or as one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pelvic-mri")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--few", type=int, default=9, help="repeats of each size in the series of sizes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cpu", action="store_true", help="processor time instead of the clock's")
    parser.add_argument("--json", action="store_true", help="print one object with the ratios alone")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.cpu:
        _clock["read"] = time.process_time
    engine = LocalEngine(*network_and_card(options.model), "cpu")
    strokes = Strokes(engine, 512)
    figures = measure(engine, strokes, options.repeats)
    faster = ratios(figures)
    if options.json:
        print(json.dumps(faster))
        return
    print(
        f"{options.model}, 512 x 512, {options.threads} threads, medians of {options.repeats}, "
        f"{'processor' if options.cpu else 'wall'} time: the paper's network {figures['paper_ms']:.0f} ms; "
        f"whole picture {figures['full_ms']:.0f} ms, {faster['full_ratio']:.1f} times faster; "
        f"24-pixel stroke {figures['stroke_24px_ms']:.1f} ms, {faster['stroke_24px_ratio']:.0f} times faster"
    )
    print(f"stroke against whole picture: largest difference {strokes.error():.1e}")
    for way, levels in option_differences(options.model, strokes.label_map).items():
        print(f"  {way}: at most {levels:.4f} grey levels of 8 bits from plain float32")
    print_growth(engine, strokes, options.few)


if __name__ == "__main__":
    main()
