"""The loss on local spectra against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.spectrum import spectrum_loss


def numpy_log_power(picture: np.ndarray, window: int, squares: int) -> np.ndarray:
    rows = []
    angle = 2 * np.pi * np.arange(window) / window
    hann = 0.5 - 0.5 * np.cos(angle)
    side = window // squares
    for top in range(0, picture.shape[0] - window + 1, window // 2):
        for left in range(0, picture.shape[1] - window + 1, window // 2):
            patch = picture[top : top + window, left : left + window]
            patch = (patch - patch.mean()) * np.outer(hann, hann)
            power = np.abs(np.fft.fftshift(np.fft.fft2(patch))) ** 2 / window**2
            for row in range(0, window, side):
                for column in range(0, window, side):
                    rows.append(np.log(power[row : row + side, column : column + side].mean() + 1e-10))
    return np.array(rows)


def test_against_numpy() -> None:
    fake, real = np.random.default_rng(0).normal(size=(2, 2, 1, 24, 32)) * 0.1
    differences = [
        np.abs(numpy_log_power(a[0], 16, 4) - numpy_log_power(b[0], 16, 4))
        for a, b in zip(fake, real, strict=True)
    ]
    loss = spectrum_loss(torch.from_numpy(fake), torch.from_numpy(real), window=16, squares=4)
    assert np.isclose(loss.item(), np.mean(differences), rtol=1e-4)


def test_power_where_the_scanner_measured_none_costs() -> None:
    """The same power in each ring, but in other directions of the plane."""
    white = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    plane = torch.fft.fft2(white)
    upright = torch.fft.fftfreq(64).abs()[:, None].expand(64, 64)
    real, turned = (torch.fft.ifft2(plane * (freq < 0.25)).real for freq in (upright, upright.T))
    other_grain = real.roll((9, 21), (2, 3))
    assert spectrum_loss(turned, real) > 5 * spectrum_loss(other_grain, real)


def test_other_grain_of_the_same_strength_costs_less_than_none_and_than_too_much() -> None:
    generator = torch.Generator().manual_seed(0)
    real, grain = torch.randn(2, 4, 1, 64, 64, generator=generator) * 0.1
    alike, none, double = (spectrum_loss(grain * scale, real) for scale in (1.0, 0.05, 2.0))
    assert alike < 0.5 * double
    assert alike < 0.2 * none


def test_brightness_alone_costs_nothing() -> None:
    real = torch.rand(1, 1, 32, 32)
    assert spectrum_loss(real + 0.2, real).item() < 1e-4


def test_moves_the_grain_towards_that_of_the_image() -> None:
    generator = torch.Generator().manual_seed(1)
    real, grain = torch.randn(2, 1, 1, 64, 64, generator=generator) * 0.1
    strength = torch.tensor(0.3, requires_grad=True)
    spectrum_loss(grain * strength, real).backward()
    assert strength.grad is not None and strength.grad < 0


def test_a_flat_picture_has_a_finite_gradient() -> None:
    flat = torch.zeros(1, 1, 32, 32, requires_grad=True)
    spectrum_loss(flat, torch.rand(1, 1, 32, 32)).backward()
    assert flat.grad is not None and torch.isfinite(flat.grad).all()
