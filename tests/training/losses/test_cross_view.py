"""The cross-view consistency loss against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.cross_view import cross_view_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    embedding, other = numbers.normal(size=(2, 2, 3, 4, 5)).astype(np.float32)
    valid = numbers.random((2, 4, 5)) < 0.6
    distances = [
        np.sum((other[image, :, row, column] - embedding[image, :, row, column]) ** 2)
        for image, row, column in zip(*np.nonzero(valid), strict=True)
    ]
    loss = cross_view_loss(torch.from_numpy(embedding), torch.from_numpy(other), torch.from_numpy(valid))
    assert np.isclose(loss.item(), np.mean(distances), rtol=1e-5)


def test_pixels_that_the_other_view_does_not_show_have_no_gradient() -> None:
    embedding = torch.ones(1, 2, 1, 2, requires_grad=True)
    cross_view_loss(embedding, torch.zeros(1, 2, 1, 2), torch.tensor([[[True, False]]])).backward()
    assert embedding.grad is not None
    assert (embedding.grad[..., 0] > 0).all()
    assert (embedding.grad[..., 1] == 0).all()


def test_views_without_a_common_pixel_cost_nothing() -> None:
    nothing = torch.zeros(1, 1, 1, dtype=torch.bool)
    assert cross_view_loss(torch.ones(1, 2, 1, 1), torch.zeros(1, 2, 1, 1), nothing).item() == 0
