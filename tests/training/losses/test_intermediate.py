"""The intermediate loss against NumPy."""

import numpy as np
import pytest
import torch

from u3edu.model.discriminator import Discriminator, DiscriminatorConfig, judge
from u3edu.training.losses.intermediate import intermediate_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    shapes = [(2, 3, 8, 8), (2, 5, 4, 4)]
    fake = [numbers.normal(size=shape).astype(np.float32) for shape in shapes]
    real = [numbers.normal(size=shape).astype(np.float32) for shape in shapes]
    expected = np.mean([np.sum((a - b) ** 2) / a.size for a, b in zip(fake, real, strict=True)])
    loss = intermediate_loss([torch.from_numpy(a) for a in fake], [torch.from_numpy(b) for b in real])
    assert np.isclose(loss.item(), expected, rtol=1e-5)


def test_moves_the_reconstruction_and_leaves_the_image() -> None:
    discriminator = Discriminator(DiscriminatorConfig(widths=(4, 6))).requires_grad_(False)
    fake, real = (torch.rand(1, 1, 8, 8, requires_grad=True) for _ in range(2))
    intermediate_loss(judge(discriminator, fake).features, judge(discriminator, real).features).backward()
    assert fake.grad is not None and (fake.grad != 0).any()
    assert real.grad is None
    assert all(parameter.grad is None for parameter in discriminator.parameters())


def test_features_of_different_nets_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        intermediate_loss([torch.zeros(1, 1, 2, 2)], [])
