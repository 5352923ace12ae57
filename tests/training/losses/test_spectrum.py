"""The loss on local spectra against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.spectrum import spectrum_loss


def numpy_band_power(picture: np.ndarray, window: int, bands: int) -> np.ndarray:
    rows = []
    angle = 2 * np.pi * np.arange(window) / window
    hann = 0.5 - 0.5 * np.cos(angle)
    for top in range(0, picture.shape[0] - window + 1, window // 2):
        for left in range(0, picture.shape[1] - window + 1, window // 2):
            patch = picture[top : top + window, left : left + window]
            patch = (patch - patch.mean()) * np.outer(hann, hann)
            power = np.abs(np.fft.fft2(patch)) ** 2 / window**2
            values: list[list[float]] = [[] for _ in range(bands)]
            for row in range(window):
                for column in range(window):
                    y, x = min(row, window - row) / window, min(column, window - column) / window
                    values[min(int(np.hypot(y, x) * 2 * bands), bands - 1)].append(power[row, column])
            rows.append([np.log(np.mean(band) + 1e-7) for band in values])
    return np.array(rows)


def test_against_numpy() -> None:
    fake, real = np.random.default_rng(0).normal(size=(2, 2, 1, 24, 32)) * 0.1
    differences = [
        np.abs(numpy_band_power(a[0], 16, 4) - numpy_band_power(b[0], 16, 4))
        for a, b in zip(fake, real, strict=True)
    ]
    loss = spectrum_loss(torch.from_numpy(fake), torch.from_numpy(real), window=16, bands=4)
    assert np.isclose(loss.item(), np.mean(differences), rtol=1e-4)


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
