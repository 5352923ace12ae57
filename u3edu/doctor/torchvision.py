"""torchvision: u3edu needs none, and one that does not fit its torch breaks what finds it."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from u3edu.doctor.finding import Finding, ok, wrong


def check_torchvision() -> Iterator[Finding]:
    """Whether a torchvision that is installed can be imported.

    Other packages import it wherever they find it. It must match torch's build exactly.
    """
    if find_spec("torchvision") is None:
        yield ok("torchvision", "not installed, and not needed")
        return
    # In a process of its own: what goes wrong with it may end the process.
    result = subprocess.run([sys.executable, "-c", "import torchvision"], capture_output=True, text=True)
    if result.returncode:
        lines = result.stderr.strip().splitlines() or [f"status {result.returncode}"]
        yield wrong(
            "torchvision",
            f"it cannot be imported beside this torch ({lines[-1]})",
            "u3edu does not need it: pip uninstall torchvision",
        )
    else:
        yield ok("torchvision", "installed, and it fits this torch; u3edu does not need it")
