"""A small label map with three elements."""

import numpy as np
import pytest

from u3edu.editing import Element, LabelMap
from u3edu.imaging.slice import Acquisition, IntensityScale, Window


@pytest.fixture
def acquisition() -> Acquisition:
    return Acquisition("MR", (0.5, 0.5), IntensityScale(1.0, 0.0, "signal"), (Window("full range", 0, 2),))


@pytest.fixture
def label_map(acquisition: Acquisition) -> LabelMap:
    """Left half element 0, right half element 1; element 2 is nowhere."""
    labels = np.zeros((20, 24), np.uint8)
    labels[:, 12:] = 1
    elements = (
        Element("fat", "#f0e442", 0.5),
        Element("muscle", "#d55e00", -0.4),
        Element("cyst", "#0072b2", 0.9),
    )
    return LabelMap(labels, elements, acquisition)
