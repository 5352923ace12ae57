"""The boundary loss against the measure that reports show, written with SciPy."""

import numpy as np
import torch
from scipy import ndimage

from u3edu.editing.boundaries import near_boundary as near_boundary_in_numpy
from u3edu.training.losses.boundary import boundary_loss, near_boundary


def blocks(seed: int) -> torch.Tensor:
    """Labels int64 [2, 48, 48] in patches of eight pixels."""
    coarse = torch.randint(4, (2, 6, 6), generator=torch.Generator().manual_seed(seed))
    return coarse.repeat_interleave(8, dim=1).repeat_interleave(8, dim=2)


def test_boundaries_are_those_of_the_report() -> None:
    labels = blocks(1)
    for ours, picture in zip(near_boundary(labels), labels, strict=True):
        assert np.array_equal(ours.numpy(), near_boundary_in_numpy(picture.numpy().astype(np.uint8)))


def test_against_scipy() -> None:
    generator = torch.Generator().manual_seed(0)
    ours, theirs = (torch.randn(2, 1, 48, 48, generator=generator) * scale for scale in (0.1, 0.3))
    labels = blocks(2)
    expected = []
    for fake, real, picture in zip(ours[:, 0].numpy(), theirs[:, 0].numpy(), labels.numpy(), strict=True):
        energies = [
            (one - ndimage.gaussian_filter(one, 1.0, mode="mirror", truncate=4.0)) ** 2
            for one in (fake, real)
        ]
        along = near_boundary_in_numpy(picture.astype(np.uint8))
        for where in (along, ~along):
            fake_mean, real_mean = (energy[where].mean() for energy in energies)
            expected.append(abs(np.log(fake_mean / real_mean)))
    assert np.isclose(boundary_loss(ours, theirs, labels).item(), np.mean(expected), rtol=1e-4)


def test_a_contour_line_costs_and_its_gradient_takes_it_away() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = blocks(3)
    real = 0.1 * torch.randn(2, 1, 48, 48, generator=generator)
    drawn = (real + 0.5 * near_boundary(labels)[:, None]).requires_grad_(True)
    loss = boundary_loss(drawn, real, labels)
    assert boundary_loss(real, real, labels) < 1e-6 < 0.3 < loss
    loss.backward()
    assert drawn.grad is not None
    assert boundary_loss(drawn.detach() - 20 * drawn.grad, real, labels) < loss


def test_one_element_alone_and_even_pictures_are_numbers() -> None:
    even = torch.zeros(1, 1, 32, 32, requires_grad=True)
    real = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0), requires_grad=True)
    loss = boundary_loss(even, real, torch.zeros(1, 32, 32, dtype=torch.int64))
    loss.backward()
    assert torch.isfinite(loss) and even.grad is not None and torch.isfinite(even.grad).all()
    assert real.grad is None or not real.grad.any()
