"""A small training run that takes a second."""

import numpy as np
import pytest
from lightning_fabric import Fabric

from tests.training.discs import first_network, first_stage, labelled_discs, second_stage
from u3edu.model.u3net import U3Net
from u3edu.training.data import CropSampler, LabelledCrops
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.stage2_config import Stage2Config


@pytest.fixture
def config() -> Stage1Config:
    return first_stage()


@pytest.fixture
def crops() -> CropSampler:
    """Discs of three brightnesses on a dark ground."""
    numbers = np.random.default_rng(0)
    rows, columns = np.mgrid[:64, :64]
    pictures = []
    for _ in range(3):
        picture = np.full((64, 64), -0.8, dtype=np.float32)
        for level in (-0.2, 0.3, 0.9):
            row, column = numbers.integers(10, 54, size=2)
            picture[(rows - row) ** 2 + (columns - column) ** 2 < 150] = level
        pictures.append(picture)
    return CropSampler(tuple(pictures), crop=32)


@pytest.fixture
def second_config() -> Stage2Config:
    return second_stage()


@pytest.fixture
def start() -> U3Net:
    return first_network()


@pytest.fixture
def labelled() -> LabelledCrops:
    return labelled_discs()


@pytest.fixture
def fabric() -> Fabric:
    return Fabric(accelerator="cpu", devices=1, precision="32-true")
