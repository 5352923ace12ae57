"""Runs stage 2 on one or two processes: test_parallel.py calls it for one and starts it for two.

python -m tests.training.two_processes FILE
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.training.discs import first_network, labelled_discs, second_stage
from u3edu.model.u3net import U3Net
from u3edu.training.processes import launched
from u3edu.training.stage2 import train_stage2

BATCH = 4  # of all processes together


def run(processes: int) -> dict[str, Any]:
    """Losses of every step, and the weights of the decoder's head after the last."""
    config = second_stage().model_copy(update={"batch": BATCH // processes, "steps": 20})
    losses_by_step: list[dict[str, float]] = []

    def report(step: int, losses: dict[str, float], network: U3Net) -> None:
        losses_by_step.append(losses)

    with launched("cpu", processes, "32-true") as fabric:
        trained = train_stage2(config, first_network(), labelled_discs(), fabric, report=report)
    head = trained.decoder.unet.head.weight.flatten().tolist()
    return {"first": fabric.is_global_zero, "losses": losses_by_step, "head": head}


if __name__ == "__main__":
    result = run(2)
    if result["first"]:
        Path(sys.argv[1]).write_text(json.dumps(result), "utf-8")
