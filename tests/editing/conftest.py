"""A small label map with three elements."""

import pytest

from tests.editing.strategies import ACQUISITION, halves
from u3edu.editing import LabelMap
from u3edu.imaging.slice import Acquisition


@pytest.fixture
def acquisition() -> Acquisition:
    return ACQUISITION


@pytest.fixture
def label_map() -> LabelMap:
    """Left half element 0, right half element 1; element 2 is nowhere."""
    return halves()
