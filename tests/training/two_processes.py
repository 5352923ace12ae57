"""Runs a stage on one or two processes; test_parallel.py starts it.

python -m tests.training.two_processes STAGE PROCESSES FILE NODES
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.training.discs import disc_pictures, first_network, first_stage, labelled_discs, second_stage
from u3edu.model.u3net import U3Net
from u3edu.training.loss_settings import DecoderLossWeights, ReaderLossConfig
from u3edu.training.processes import launched
from u3edu.training.stage1 import train_stage1
from u3edu.training.stage2 import train_stage2
from u3edu.training.whole_pictures import WholePicture

# What each variant of stage 2 changes. Half of the crops count for the reader: not alike on both processes.
CHANGES: dict[str, dict[str, Any]] = {
    "2": {},
    "2-filtered-grain": {"grain_filters": 2},
    "2-reader": {
        "decoder_weights": DecoderLossWeights(generator=0.0, intermediate=0.0, reader=0.1),
        "reader": ReaderLossConfig(least_foreground=0.25, components=4),
        "foreground_above": 0.0,
        # Smaller steps: the reader loss of untrained decoders makes rounding large.
        "learning_rate": 5e-5,
    },
    "2-whole-reader": {
        "decoder_weights": DecoderLossWeights(generator=0.0, intermediate=0.0, whole_reader=0.1),
        "reader": ReaderLossConfig(components=4),
        "grain_filters": 2,
    },
}
BATCH = 4  # of all processes together
STEPS = 20


def uneven(pictures: list[WholePicture]) -> list[WholePicture]:
    """Each with another number of tiles."""
    return [replace(one, tiles=one.tiles[: 3 + index]) for index, one in enumerate(pictures)]


def run(stage: str, processes: int, nodes: int = 1) -> dict[str, Any]:
    """Losses and the quantizer's means of every step, and the decoder's head after the last."""
    sizes = {"batch": BATCH // processes, "steps": STEPS}
    losses_by_step: list[dict[str, float]] = []
    means_by_step: list[list[float]] = []

    def report(step: int, losses: dict[str, float], network: U3Net) -> None:
        losses_by_step.append(losses)
        means_by_step.append(network.encoder.quantizer.means.flatten().tolist())

    with launched("cpu", processes // nodes, "32-true", nodes) as fabric:
        if stage == "1":
            first = first_stage().model_copy(update=sizes)
            trained = train_stage1(first, labelled_discs().crops, fabric, report=report)
        else:
            second = second_stage().model_copy(update=sizes | CHANGES[stage])
            drawn = second.reader.model_copy(update={"pictures": 2 // processes})
            second = second.model_copy(update={"reader": drawn})
            pictures = uneven(disc_pictures())
            trained = train_stage2(
                second, first_network(), labelled_discs(), fabric, report=report, pictures=pictures
            )
    head = trained.decoder.unet.head.weight.flatten().tolist()
    return {"first": fabric.is_global_zero, "losses": losses_by_step, "means": means_by_step, "head": head}


if __name__ == "__main__":
    result = run(sys.argv[1], int(sys.argv[2]), int(sys.argv[4]))
    if result["first"]:
        Path(sys.argv[3]).write_text(json.dumps(result), "utf-8")
