"""A run killed with SIGKILL at any moment goes on to the very weights of an uninterrupted one."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.training.killed_run import STEPS, train

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("stage", ["1", "2"])
def test_a_killed_run_resumes_to_the_same_weights(stage: str, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.ckpt"
    command = [sys.executable, "-m", "tests.training.killed_run", stage, str(checkpoint)]
    # The same number of threads: sums in another order differ in their last bits.
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    run = subprocess.Popen(command, cwd=ROOT, env=environment)
    deadline = time.monotonic() + 200
    while not checkpoint.exists() and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.2))
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    stopped_at = torch.load(checkpoint)["step"]
    assert 0 < stopped_at < STEPS
    resumed, whole = train(stage, checkpoint).state_dict(), train(stage, None).state_dict()
    differing = [name for name in whole if not torch.equal(whole[name], resumed[name])]
    assert not differing, f"killed after step {stopped_at}"
