"""The texture loss against NumPy, and what it asks for."""

import numpy as np
import torch

from u3edu.training.losses.texture import texture_loss


def test_against_numpy() -> None:
    generator = torch.Generator().manual_seed(0)
    ours = [torch.randn(2, 3, side, side, generator=generator) for side in (8, 4)]
    theirs = [2 * torch.randn(2, 3, side, side, generator=generator) + 1 for side in (8, 4)]
    stages = []
    for fake, real in zip(ours, theirs, strict=True):
        a, b = (each.numpy().astype(np.float64).reshape(2, 3, -1) for each in (fake, real))
        away = np.abs(a.mean(2) - b.mean(2)) + np.abs(a.std(2) - b.std(2))
        stages.append(np.mean(away / (b.std(2) + 0.05)))
    assert np.isclose(texture_loss(ours, theirs).item(), np.mean(stages), rtol=1e-4)


def test_the_same_grain_elsewhere_costs_nothing_and_less_grain_does() -> None:
    real = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    assert texture_loss([real.roll(5, dims=3)], [real]) < 1e-6
    assert texture_loss([real * 0.5], [real]) > 0.3


def test_only_the_reconstruction_gets_a_gradient_even_from_even_features() -> None:
    fake = torch.zeros(1, 2, 4, 4, requires_grad=True)
    real = torch.randn(1, 2, 4, 4, requires_grad=True)
    texture_loss([fake], [real]).backward()
    assert real.grad is None
    assert fake.grad is not None and torch.isfinite(fake.grad).all() and (fake.grad != 0).any()
