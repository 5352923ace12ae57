"""The loss on gradient magnitudes against SciPy's Wasserstein distance."""

import numpy as np
import torch
from scipy.stats import wasserstein_distance

from u3edu.training.losses.gradient import gradient_loss


def test_against_scipy() -> None:
    fake, real = np.random.default_rng(0).normal(size=(2, 3, 1, 9, 7))
    distances = []
    for a, b in zip(fake[:, 0], real[:, 0], strict=True):
        lengths = [np.hypot(np.diff(p, axis=0)[:, :-1], np.diff(p, axis=1)[:-1]).ravel() for p in (a, b)]
        distances.append(wasserstein_distance(*lengths))
    loss = gradient_loss(torch.from_numpy(fake), torch.from_numpy(real))
    assert np.isclose(loss.item(), np.mean(distances), rtol=1e-4)


def test_where_the_gradients_lie_does_not_matter() -> None:
    real = torch.rand(1, 1, 16, 16)
    assert gradient_loss(real.transpose(2, 3), real).item() < 1e-6


def test_a_posterised_picture_costs() -> None:
    real = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    assert gradient_loss((real * 3).round() / 3, real) > 0.01


def test_a_flat_picture_has_a_finite_gradient() -> None:
    flat = torch.zeros(1, 1, 8, 8, requires_grad=True)
    gradient_loss(flat, torch.rand(1, 1, 8, 8)).backward()
    assert flat.grad is not None and torch.isfinite(flat.grad).all()


def test_moves_the_reconstruction_and_leaves_the_image() -> None:
    fake, real = (torch.rand(1, 1, 8, 8, requires_grad=True) for _ in range(2))
    gradient_loss(fake, real.detach()).backward()
    assert fake.grad is not None and (fake.grad != 0).any()
    assert real.grad is None
