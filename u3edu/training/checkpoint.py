"""Checkpoints: everything that a run needs to go on as if it had never stopped."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from lightning_fabric import Fabric
from pydantic import BaseModel


class Stateful(Protocol):
    """A part of a run that can be stored: a network, an average, an optimiser."""

    def state_dict(self) -> dict[str, Any]:
        """Everything to store."""
        ...

    def load_state_dict(self, state_dict: Any, /) -> Any:
        """Take a stored state over."""
        ...


def save_checkpoint(
    fabric: Fabric, path: Path, parts: Mapping[str, Stateful], config: BaseModel, step: int
) -> None:
    """Write a checkpoint; a run killed while writing leaves the previous one whole.

    Parameters
    ----------
    fabric : Fabric
    path : Path
    parts : mapping of str to Stateful
        Networks and optimisers by name.
    config : BaseModel
        The settings of the run.
    step : int
        The step to go on with.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
    fabric.save(unfinished, state | {"config": config.model_dump_json(), "step": step})
    fabric.barrier()
    if fabric.is_global_zero:
        os.replace(unfinished, path)


def load_checkpoint(fabric: Fabric, path: Path, parts: Mapping[str, Stateful], config: BaseModel) -> int:
    """Restore the parts of a run, and return the step to go on with; 0 where there is no file.

    Raises
    ------
    ValueError
        If the checkpoint belongs to a run with other settings.
    """
    if not path.exists():
        return 0
    state = fabric.load(path)
    # Compared as settings, not as text: one that came later has its default in an older file.
    before = type(config).model_validate_json(state["config"])
    afterwards: set[str] = set(getattr(config, "AFTERWARDS", ()))
    if before.model_dump(exclude=afterwards) != config.model_dump(exclude=afterwards):
        raise ValueError(
            f"{path}: this checkpoint is of a run with other settings; go on with the settings of that run, "
            "or choose another output folder"
        )
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["step"])
