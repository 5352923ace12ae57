"""A small engine with random weights."""

import pytest

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.engine.local import LocalEngine
from u3edu.model.u3net import U3Net


@pytest.fixture
def network() -> U3Net:
    return random_network(SMALL)


@pytest.fixture
def engine() -> LocalEngine:
    return LocalEngine(random_network(SMALL), card_for(SMALL), device="cpu")
