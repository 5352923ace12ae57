"""Checkpoints: whole or not at all, and those of earlier versions still fit."""

from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric
from pydantic import BaseModel

from u3edu.training.checkpoint import load_checkpoint, save_checkpoint


class Settings(BaseModel):
    margin: float = 1.0


class LaterSettings(Settings):
    grain: bool = False


def layer(value: float) -> torch.nn.Linear:
    return torch.nn.Linear(2, 2).requires_grad_(False).apply(lambda part: part.weight.fill_(value))


def test_parts_and_step_come_back(fabric: Fabric, tmp_path: Path) -> None:
    path = tmp_path / "run.ckpt"
    save_checkpoint(fabric, path, {"one": layer(1), "two": layer(2)}, Settings(), step=7)
    one, two = layer(0), layer(0)
    assert load_checkpoint(fabric, path, {"one": one, "two": two}, Settings()) == 7
    assert (one.weight == 1).all() and (two.weight == 2).all()


def test_without_a_file_a_run_begins_at_step_0(fabric: Fabric, tmp_path: Path) -> None:
    one = layer(3)
    assert load_checkpoint(fabric, tmp_path / "none.ckpt", {"one": one}, Settings()) == 0
    assert (one.weight == 3).all()


def test_a_run_killed_while_writing_leaves_the_previous_checkpoint(
    fabric: Fabric, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.ckpt"
    save_checkpoint(fabric, path, {"one": layer(1)}, Settings(), step=5)

    class Killed(Exception):
        pass

    def half_written(target: Path, state: object) -> None:
        target.write_bytes(b"half of it")
        raise Killed

    monkeypatch.setattr(fabric, "save", half_written)
    with pytest.raises(Killed):
        save_checkpoint(fabric, path, {"one": layer(2)}, Settings(), step=10)
    one = layer(0)
    assert load_checkpoint(fabric, path, {"one": one}, Settings()) == 5
    assert (one.weight == 1).all()


def test_a_setting_that_came_later_has_its_default_in_an_older_checkpoint(
    fabric: Fabric, tmp_path: Path
) -> None:
    path = tmp_path / "run.ckpt"
    save_checkpoint(fabric, path, {"one": layer(1)}, Settings(), step=5)
    assert load_checkpoint(fabric, path, {"one": layer(0)}, LaterSettings()) == 5
    with pytest.raises(ValueError, match="other settings"):
        load_checkpoint(fabric, path, {"one": layer(0)}, LaterSettings(grain=True))
