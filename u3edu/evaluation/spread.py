"""Some slices of a patient, evenly spread: neighbours say hardly more."""

from collections.abc import Sequence

import numpy as np

from u3edu.imaging.slice import Slice


def evenly_spread(pictures: Sequence[Slice], most: int) -> list[Slice]:
    """At most so many of the pictures, the first and the last among them, in order."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, most).round().astype(int))
    return [pictures[index] for index in chosen]
