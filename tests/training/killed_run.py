"""Trains on discs until somebody kills it: started by test_killed.py.

python -m tests.training.killed_run STAGE CHECKPOINT
"""

import os
import sys
from pathlib import Path

from lightning_fabric import Fabric

from tests.training.discs import first_network, first_stage, labelled_discs, second_stage
from u3edu.model.u3net import U3Net
from u3edu.training.stage1 import train_stage1
from u3edu.training.stage2 import train_stage2

STEPS = int(os.environ.get("U3EDU_TEST_STEPS", "60"))


def train(stage: str, checkpoint: Path | None) -> U3Net:
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    if stage == "1":
        first = first_stage().model_copy(update={"steps": STEPS})
        crops = labelled_discs().crops
        return train_stage1(first, crops, fabric, checkpoint=checkpoint, checkpoint_every=7)
    second = second_stage().model_copy(update={"steps": STEPS})
    return train_stage2(
        second, first_network(), labelled_discs(), fabric, checkpoint=checkpoint, checkpoint_every=7
    )


if __name__ == "__main__":
    train(sys.argv[1], Path(sys.argv[2]))
