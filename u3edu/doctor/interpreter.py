"""Whether the Python that runs is one that u3edu supports."""

import platform
import sys
from collections.abc import Iterator

from u3edu.doctor.finding import Finding, ok, wrong

OLDEST = (3, 11)
# A 32-bit Python has no PyTorch, and too little room for a series.
SMALLEST_POINTER = 2**32


def check_interpreter() -> Iterator[Finding]:
    """The version, and that it is a 64-bit build."""
    version = platform.python_version()
    if sys.version_info[:2] < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield wrong(
            "Python",
            f"{version} at {sys.executable}, and u3edu needs {oldest} or later",
            f"make a new environment with a newer one, for example: make setup PYTHON=python{oldest}",
        )
    elif sys.maxsize < SMALLEST_POINTER:
        yield wrong("Python", f"{version} is a 32-bit build", "install a 64-bit Python; PyTorch needs one")
    else:
        yield ok("Python", f"{version} at {sys.executable}")
