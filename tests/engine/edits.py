"""Random edits for comparing box re-synthesis with full synthesis."""

from collections.abc import Iterator

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap


def random_edits(label_map: LabelMap, count: int, seed: int) -> Iterator[tuple[LabelMap, Box]]:
    """Label maps with one changed box each: every fourth at a border, every eighth in a corner."""
    numbers = np.random.default_rng(seed)
    rows, columns = label_map.shape
    for number in range(count):
        height, width = numbers.integers(1, 41, size=2)
        top, left = numbers.integers(0, rows - height + 1), numbers.integers(0, columns - width + 1)
        if number % 4 == 0:
            top = numbers.choice([0, rows - height])
        if number % 8 == 0:
            left = numbers.choice([0, columns - width])
        box = Box(int(top), int(left), int(top + height), int(left + width))
        labels = label_map.labels.copy()
        region = labels[box.slices]
        painted = numbers.random(region.shape) < numbers.uniform(0.2, 1.0)
        region[painted] = numbers.integers(len(label_map.elements))
        yield label_map.with_labels(labels), box
