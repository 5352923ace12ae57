"""Batch norm over the images of all processes against torch's on all of them together."""

import os
from pathlib import Path

import pytest
import torch
from torch import distributed, multiprocessing, nn

from u3edu.model.norm import BatchNorm2d


def images() -> torch.Tensor:
    """Four images that differ in brightness, so that halves of the batch have other statistics."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(4, 3, 5, 6, generator=generator) + torch.arange(4.0)[:, None, None, None]


def train(norm: nn.BatchNorm2d, batch: torch.Tensor) -> dict[str, torch.Tensor]:
    """Output, gradient of the input, and state after one step on a loss that is no plain sum."""
    batch = batch.clone().requires_grad_()
    output = norm(batch)
    (output.sin() * batch.detach()).sum().backward()
    assert batch.grad is not None
    return {"output": output.detach(), "gradient": batch.grad} | {
        name: value for name, value in norm.state_dict().items() if name.startswith("running")
    }


def run_process(rank: int, folder: str) -> None:
    os.environ.update(MASTER_ADDR="127.0.0.1", GLOO_SOCKET_IFNAME="lo")
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    torch.save(train(BatchNorm2d(3), images()[2 * rank : 2 * rank + 2]), f"{folder}/{rank}.pt")
    distributed.destroy_process_group()
    # Threads that outlive their connection abort the process at its exit, now and then.
    assert not [name for name in thread_names() if "gloo" in name]


def thread_names() -> list[str]:
    """Names of this process's threads, those of libraries included; none where there is no /proc."""
    return [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]


def test_two_processes_normalise_as_one_with_all_images(tmp_path: Path) -> None:
    if not distributed.is_available():
        pytest.skip("this torch was built without distributed")
    multiprocessing.spawn(run_process, args=(str(tmp_path),), nprocs=2)
    parts = [torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]
    whole = train(nn.BatchNorm2d(3), images())
    for name in ("output", "gradient"):
        assert torch.allclose(torch.cat([part[name] for part in parts]), whole[name], atol=1e-5), name
    for part in parts:
        assert torch.allclose(part["running_mean"], whole["running_mean"], atol=1e-6)
        assert torch.allclose(part["running_var"], whole["running_var"], atol=1e-6)


def test_one_process_and_evaluation_are_torchs_own() -> None:
    ours, theirs = BatchNorm2d(3), nn.BatchNorm2d(3)
    for norm in (ours, theirs):
        train(norm, images())
    assert torch.equal(ours(images()), theirs(images()))
    assert torch.equal(ours.eval()(images()), theirs.eval()(images()))
    assert ours.state_dict().keys() == theirs.state_dict().keys()
