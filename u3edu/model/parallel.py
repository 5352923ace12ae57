"""What the processes of data parallelism tell each other while they compute."""

from typing import Any

import torch
from torch import Tensor, distributed


def is_parallel() -> bool:
    """Whether this process is one of several."""
    return distributed.is_available() and distributed.is_initialized()


def mean_of_all_processes(values: Tensor) -> Tensor:
    """The mean of what each process holds, with a gradient to all of them."""
    if not is_parallel():
        return values
    total: Tensor = _SumOfAllProcesses.apply(values)  # type: ignore[no-untyped-call]
    return total / distributed.get_world_size()


class _SumOfAllProcesses(torch.autograd.Function):
    """A sum whose gradient is the sum of the gradients of all processes.

    torch's own (`torch.distributed.nn.functional.all_reduce`) keeps the connection alive after
    `destroy_process_group`; a thread of it then now and then aborts the process at its exit.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.contiguous().clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _SumOfAllProcesses.apply(*gradients)  # type: ignore[no-untyped-call]
