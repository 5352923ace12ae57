"""The reconstruction loss against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.reconstruction import reconstruction_loss


def test_against_numpy() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 2, 1, 4, 5)).astype(np.float32)
    loss = reconstruction_loss(torch.from_numpy(first), torch.from_numpy(second))
    assert np.isclose(loss.item(), np.sum((first - second) ** 2) / (2 * 4 * 5), rtol=1e-5)


def test_moves_the_reconstruction_towards_the_image() -> None:
    reconstruction = torch.zeros(1, 1, 2, 2, requires_grad=True)
    reconstruction_loss(reconstruction, torch.ones(1, 1, 2, 2)).backward()
    assert reconstruction.grad is not None and (reconstruction.grad < 0).all()
