"""The consistency regularisation against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.consistency import consistency_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    mixed, real, fake = numbers.normal(size=(3, 2, 1, 4, 5))
    is_real = numbers.random((2, 1, 4, 5)) < 0.5
    total = 0.0
    for place in np.ndindex(is_real.shape):
        total += (mixed[place] - (real[place] if is_real[place] else fake[place])) ** 2
    loss = consistency_loss(*(torch.from_numpy(values) for values in (mixed, real, fake, is_real)))
    assert np.isclose(loss.item(), total / is_real.size)


def test_each_side_of_the_cut_is_compared_with_its_own_image() -> None:
    mixed, real, fake = (torch.tensor([[[[1.0, 1.0]]]]) * factor for factor in (0, 1, 2))
    real.requires_grad_()
    fake.requires_grad_()
    consistency_loss(mixed, real, fake, torch.tensor([[[[True, False]]]])).backward()
    assert real.grad is not None and fake.grad is not None
    assert (real.grad[..., 0] > 0).all() and (real.grad[..., 1] == 0).all()
    assert (fake.grad[..., 1] > 0).all() and (fake.grad[..., 0] == 0).all()
