"""Memory that tensors free and take again on a processor, kept by the process (`--keep-memory`)."""

import ctypes
import sys

# Parameters of mallopt, from malloc.h of the GNU C library.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Ask the C library to keep what is freed for what is taken next.

    The GNU C library takes each large block from the system by itself and gives it back at once. The
    next one comes page by page, each of them cleared first. Kept blocks lie in pieces after a while, so
    that the process needs more of them. docs/training.md has figures.

    Returns
    -------
    bool
        Whether it does now.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        mallopt(parameter, value) == 1 for parameter, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _NEVER))
    )
