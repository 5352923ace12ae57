"""--compile: the same losses, and a clear word where it cannot be done."""

import shutil
from functools import partial
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from tests.training.discs import first_network, first_stage, labelled_discs, second_stage
from u3edu.training.compilation import CannotCompile, compiled
from u3edu.training.stage1 import train_stage1
from u3edu.training.stage2 import train_stage2


def losses_of(stage: str, compile_model: bool, fabric: Fabric) -> list[dict[str, float]]:
    seen: list[dict[str, float]] = []
    options = {"compile_model": compile_model, "report": lambda _, losses, __: seen.append(losses)}
    if stage == "1":
        config = first_stage().model_copy(update={"steps": 4, "settle_from": 0.5})
        train_stage1(config, labelled_discs().crops, fabric, **options)  # type: ignore[arg-type]
    else:
        second = second_stage().model_copy(update={"steps": 4, "warm_up": 2})
        train_stage2(second, first_network(), labelled_discs(), fabric, **options)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("stage", ["1", "2"])
def test_a_compiled_run_has_the_losses_of_a_plain_one(
    stage: str, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Captured whole and run without a compiler, whose minutes belong to benchmarks/training.py."""
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager"))
    plain, fast = losses_of(stage, False, fabric), losses_of(stage, True, fabric)
    for expected, measured in zip(plain, fast, strict=True):
        assert measured == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_without_a_compiler_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(CannotCompile, match=r"C\+\+ compiler.*g\+\+.*without --compile"):
        compiled(torch.nn.Identity(), torch.device("cpu"))


def test_a_checkpoint_is_the_same_file_with_and_without_it(
    fabric: Fabric, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager"))
    config = first_stage().model_copy(update={"steps": 2})
    keys = []
    for compile_model in (False, True):
        file = tmp_path / f"{compile_model}.ckpt"
        train_stage1(config, labelled_discs().crops, fabric, checkpoint=file, compile_model=compile_model)
        keys.append(torch.load(file)["network"].keys())
    assert keys[0] == keys[1]
