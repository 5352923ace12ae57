"""A small training run that takes a second."""

import numpy as np
import pytest
from lightning_fabric import Fabric

from u3edu.model.config import U3NetConfig
from u3edu.training.config import Stage1Config
from u3edu.training.data import CropSampler


@pytest.fixture
def config() -> Stage1Config:
    network = U3NetConfig(encoder_widths=(4, 8), decoder_widths=(4, 8), embedding_size=4, elements=4)
    return Stage1Config(
        name="discs", modality="MR", model=network, crop=32, batch=2, steps=12, learning_rate=3e-3, seed=5
    )


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
def fabric() -> Fabric:
    return Fabric(accelerator="cpu", devices=1, precision="32-true")
