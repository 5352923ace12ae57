"""The generator loss against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.generator import generator_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    pixels, wholes = numbers.normal(size=(3, 1, 4, 5)), numbers.normal(size=3)
    expected = -np.sum(pixels) / 60 - np.sum(wholes) / 3
    assert np.isclose(generator_loss(torch.from_numpy(pixels), torch.from_numpy(wholes)).item(), expected)


def test_asks_for_higher_judgements_however_high_they_are() -> None:
    pixels = torch.full((1, 1, 2, 2), 5.0, requires_grad=True)
    wholes = torch.full((1,), -5.0, requires_grad=True)
    generator_loss(pixels, wholes).backward()
    assert pixels.grad is not None and (pixels.grad < 0).all()
    assert wholes.grad is not None and (wholes.grad < 0).all()
