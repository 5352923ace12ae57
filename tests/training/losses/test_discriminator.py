"""The discriminator loss against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.discriminator import discriminator_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    real_pixels, fake_pixels = numbers.normal(size=(2, 3, 1, 4, 5))
    real_wholes, fake_wholes = numbers.normal(size=(2, 3))
    expected = 0.0
    for values, sign in ((real_pixels, 1), (real_wholes, 1), (fake_pixels, -1), (fake_wholes, -1)):
        expected += sum(max(0.0, 1 - sign * value) for value in values.ravel()) / values.size
    arguments = (real_pixels, real_wholes, fake_pixels, fake_wholes)
    loss = discriminator_loss(*(torch.from_numpy(values) for values in arguments))
    assert np.isclose(loss.item(), expected)


def test_judgements_beyond_the_margin_have_no_gradient() -> None:
    real_pixels = torch.tensor([[[[2.0, 0.5]]]], requires_grad=True)
    fake_pixels = torch.tensor([[[[-2.0, -0.5]]]], requires_grad=True)
    wholes = torch.zeros(1, requires_grad=True)
    discriminator_loss(real_pixels, wholes, fake_pixels, wholes).backward()
    assert real_pixels.grad is not None and fake_pixels.grad is not None
    assert real_pixels.grad.flatten().tolist() == [0.0, -0.5]
    assert fake_pixels.grad.flatten().tolist() == [0.0, 0.5]


def test_nothing_learnt_costs_four() -> None:
    zeros = (torch.zeros(2, 1, 4, 4), torch.zeros(2))
    assert discriminator_loss(*zeros, *zeros).item() == 4
