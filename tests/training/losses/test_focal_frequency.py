"""The focal frequency loss against NumPy's FFT."""

import numpy as np
import pytest
import torch

from u3edu.training.losses.focal_frequency import focal_frequency_loss


def numpy_loss(reconstruction: np.ndarray, images: np.ndarray, focus: float) -> float:
    """One image at a time, as in the reference's equations (Jiang et al., ICCV 2021, 5 to 8)."""
    distances = []
    for fake, real in zip(reconstruction[:, 0], images[:, 0], strict=True):
        distance = np.abs(np.fft.fft2(fake) - np.fft.fft2(real)) / np.sqrt(fake.size)
        weights = distance**focus
        distances.append(np.mean(weights / weights.max() * distance**2))
    return float(np.mean(distances))


@pytest.mark.parametrize("focus", [0.0, 1.0, 2.0])
def test_against_numpy(focus: float) -> None:
    fake, real = np.random.default_rng(0).normal(size=(2, 3, 1, 8, 10))
    loss = focal_frequency_loss(torch.from_numpy(fake).float(), torch.from_numpy(real).float(), focus)
    assert np.isclose(loss.item(), numpy_loss(fake, real, focus), rtol=1e-5)


def test_without_focus_it_is_the_mean_squared_error() -> None:
    fake, real = torch.rand(2, 1, 8, 8), torch.rand(2, 1, 8, 8)
    assert torch.isclose(focal_frequency_loss(fake, real, focus=0.0), (fake - real).square().mean())


def test_weights_are_constants_to_the_gradient() -> None:
    real = torch.zeros(1, 1, 8, 8)
    fake = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0), requires_grad=True)
    focal_frequency_loss(fake, real).backward()
    spectrum = np.fft.fft2(fake.detach().numpy()[0, 0].astype(float), norm="ortho")
    weights = np.abs(spectrum) / np.abs(spectrum).max()
    # By Parseval, the gradient of mean w |F|^2 with constant w is 2 / N times F^-1(w F).
    expected = 2 / 64 * np.fft.ifft2(weights * spectrum, norm="ortho").real
    assert fake.grad is not None
    assert np.allclose(fake.grad[0, 0].numpy(), expected, atol=1e-6)


def test_equal_images_cost_nothing_and_have_a_gradient() -> None:
    fake = torch.ones(1, 1, 8, 8, requires_grad=True)
    loss = focal_frequency_loss(fake, torch.ones(1, 1, 8, 8))
    loss.backward()
    assert loss.item() == 0
    assert fake.grad is not None and torch.isfinite(fake.grad).all()
