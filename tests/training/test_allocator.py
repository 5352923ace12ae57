"""Memory that a training process keeps: the next tensor of a size costs no new pages."""

import platform
import subprocess
import sys

import pytest

from u3edu.training import allocator

PAGES_OF_THE_NEXT_TENSOR = """
import resource
import sys

import numpy as np

from u3edu.training.allocator import keep_freed_memory

if sys.argv[1] == "keep":
    assert keep_freed_memory()
for _ in range(10):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.full(2**23, 1.0)
    pages = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(pages)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no GNU C library here")
def test_the_next_tensor_takes_the_pages_of_the_last() -> None:
    def pages(how: str) -> int:
        command = [sys.executable, "-c", PAGES_OF_THE_NEXT_TENSOR, how]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    # 64 MiB are 16,384 pages of 4 KiB, or 32 of 2 MiB where the system hands out large ones.
    assert pages("give back") >= 30
    assert pages("keep") <= 2


def test_other_systems_keep_their_own_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator.sys, "platform", "darwin")
    assert not allocator.keep_freed_memory()
