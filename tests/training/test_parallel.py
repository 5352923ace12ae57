"""Data parallelism: two processes do what one does with the doubled batch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.training.two_processes import run

ROOT = Path(__file__).resolve().parents[2]


def run_two(file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.training.two_processes", str(file)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(file.read_text("utf-8"))


def test_two_processes_equal_one_with_the_doubled_batch(tmp_path: Path) -> None:
    one, two = run(1), run_two(tmp_path / "two.json")
    assert len(one["losses"]) == len(two["losses"]) == 20
    for step, (alone, together) in enumerate(zip(one["losses"], two["losses"], strict=True)):
        assert alone.keys() == together.keys()
        for name, loss in alone.items():
            # told_apart counts pixels: one of them may lie on the other side of zero.
            assert abs(loss - together[name]) <= (1e-3 if name == "told_apart" else 1e-4), (step, name)
    assert np.allclose(one["head"], two["head"], atol=1e-4)
