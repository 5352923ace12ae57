"""Checkpoints: everything that a run needs to go on as if it had never stopped."""

import os
from pathlib import Path
from typing import Any

from lightning_fabric import Fabric
from torch import nn, optim

from u3edu.training.config import Stage1Config


def save_checkpoint(
    fabric: Fabric,
    path: Path,
    network: nn.Module,
    optimiser: optim.Optimizer,
    config: Stage1Config,
    step: int,
) -> None:
    """Write a checkpoint; a run killed while writing leaves the previous one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    state: dict[str, Any] = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "config": config.model_dump_json(),
        "step": step,
    }
    fabric.save(unfinished, state)
    fabric.barrier()
    if fabric.is_global_zero:
        os.replace(unfinished, path)


def load_checkpoint(
    fabric: Fabric, path: Path, network: nn.Module, optimiser: optim.Optimizer, config: Stage1Config
) -> int:
    """Restore network and optimiser, and return the step to go on with; 0 where there is no file.

    Raises
    ------
    ValueError
        If the checkpoint belongs to a run with other settings.
    """
    if not path.exists():
        return 0
    state = fabric.load(path)
    if state["config"] != config.model_dump_json():
        raise ValueError(
            f"{path}: this checkpoint is of a run with other settings; go on with the settings of that run, "
            "or choose another output folder"
        )
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])
