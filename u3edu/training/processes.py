"""The processes of a run: started together on their devices, and ended together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import torch
from lightning_fabric import Fabric
from torch import distributed


@contextmanager
def launched(
    device: str, devices: int, precision: Literal["auto", "bf16-mixed", "32-true"], nodes: int = 1
) -> Iterator[Fabric]:
    """Start Fabric on all processes, and end their connection with the ``with`` block.

    A process that exits while its connection's threads still run is aborted now and then, after
    all its work is done.

    Parameters
    ----------
    device : str
        ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.
    devices : int
        Processes on this machine.
    precision : str
        ``"auto"`` takes bf16 where the hardware computes in it.
    nodes : int
        Machines. The command is started on each of them: by SLURM or torchrun, or by hand with
        MASTER_ADDR, MASTER_PORT and NODE_RANK set.
    """
    if precision == "auto":
        has_bf16 = torch.cuda.is_bf16_supported() if torch.cuda.is_available() else cpu_has_bf16()
        precision = "bf16-mixed" if has_bf16 else "32-true"
    fabric = Fabric(accelerator=device, devices=devices, num_nodes=nodes, precision=precision)
    fabric.launch()
    try:
        yield fabric
        fabric.barrier()
    finally:
        if distributed.is_available() and distributed.is_initialized():
            distributed.destroy_process_group()


def cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 faster than single precision."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and bool({"avx512_bf16", "amx_bf16"} & set(flags.read_text("utf-8").split()))
