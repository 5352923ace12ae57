"""Parts of a picture side by side, each on a thread of its own."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch

from u3edu.editing.box import Box

Work = Callable[[Box], None]
# The number of torch's threads belongs to the process: one picture at a time changes it.
_turn = threading.Lock()


@contextmanager
def side_by_side() -> Iterator[Callable[[Work, Iterable[Box]], None]]:
    """Do work on boxes with as many threads as torch has, each of which computes alone.

    torch divides every single operation among its threads, and waits for the last of them each
    time: hundreds of times a picture, a time slice each where something else runs on a core, too.
    Here the threads meet once a level. What one box gives does not depend on their number.

    Yields
    ------
    callable
        Takes the work and the boxes; returns when all are done, and raises what the work raises.
    """

    def each(work: Work, boxes: Iterable[Box]) -> None:
        boxes = list(boxes)
        if threads == 1 or len(boxes) == 1:
            for box in boxes:
                work(box)
        else:
            list(_pool(os.getpid(), threads).map(_inferring(work), boxes))

    with _turn:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield each
        finally:
            torch.set_num_threads(threads)


def _inferring(work: Work) -> Work:
    """The work as its thread has to do it: inference mode holds for one thread alone."""
    inference = torch.is_inference_mode_enabled()

    def wrapped(box: Box) -> None:
        with torch.inference_mode(inference):
            work(box)

    return wrapped


@cache
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Threads that stay; a forked process gets its own."""
    settings: dict[str, Any] = {"initializer": torch.set_num_threads, "initargs": (1,)}
    return ThreadPoolExecutor(threads, thread_name_prefix="engine", **settings)
