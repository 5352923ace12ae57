"""Data parallelism: two processes do what one does with the doubled batch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.ports import free_port
from tests.training.two_processes import STEPS

ROOT = Path(__file__).resolve().parents[2]
# The same instructions on every processor: the logarithm of the spectrum loss makes rounding large.
INSTRUCTIONS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OMP_NUM_THREADS": "1",
}


def run(stage: str, processes: int, file: Path, nodes: int = 1) -> dict[str, Any]:
    """What processes report: on one machine, or as one each on several that meet at this address."""
    command = [sys.executable, "-m", "tests.training.two_processes", stage, str(processes), str(file)]
    command.append(str(nodes))
    environment = os.environ | INSTRUCTIONS
    if nodes > 1:
        port = free_port()
        environment |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo"}
    started = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | ({"NODE_RANK": str(node)} if nodes > 1 else {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for node in range(nodes)
    ]
    try:
        for process in started:
            _, errors = process.communicate(timeout=600)
            assert process.returncode == 0, errors
    finally:
        for process in started:
            process.kill()
    return json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize(
    ("stage", "nodes"),
    [("1", 1), ("2", 1), ("2-filtered-grain", 1), ("2-reader", 1), ("2-whole-reader", 1), ("1", 2)],
)
def test_two_processes_equal_one_with_the_doubled_batch(stage: str, nodes: int, tmp_path: Path) -> None:
    one = run(stage, 1, tmp_path / "one.json")
    two = run(stage, 2, tmp_path / "two.json", nodes)
    assert len(one["losses"]) == len(two["losses"]) == STEPS == 20
    for step, (alone, together) in enumerate(zip(one["losses"], two["losses"], strict=True)):
        assert alone.keys() == together.keys()
        for name, loss in alone.items():
            # told_apart counts pixels: one of them may lie on the other side of zero.
            bound = 1e-3 if name == "told_apart" else 1e-4
            # Hundreds of standard deviations at first: more than single precision holds to 1e-4.
            bound *= max(1.0, abs(loss)) if name.endswith("reader") else 1.0
            # Sooner or later rounding turns the label of a pixel between two clusters, and runs part.
            assert abs(loss - together[name]) <= (1e-2 if stage == "1" and step >= 5 else bound), (step, name)
    last = 1e-2 if stage == "1" else 1e-4
    assert np.allclose(one["means"][:5], two["means"][:5], rtol=0, atol=1e-4)
    assert np.allclose(one["means"], two["means"], rtol=0, atol=last)
    assert np.allclose(one["head"], two["head"], rtol=0, atol=last)
