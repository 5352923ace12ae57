"""The reader loss against a discriminant written with NumPy, and what its gradient does."""

import numpy as np
import pytest
import torch
from torch import Tensor

from u3edu.training.loss_settings import ReaderLossConfig
from u3edu.training.losses.reader import LinearReader, crop_statistics


def crops(seed: int, count: int = 400, features: int = 6) -> Tensor:
    """Features that depend on each other, float32 [count, features]."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(features, features, generator=torch.Generator().manual_seed(99))
    return torch.randn(count, features, generator=generator) @ mixing + 3


def untold(count: int) -> Tensor:
    """Spacing codes of a decoder that isn't told of spacings."""
    return torch.zeros(count)


def every(count: int) -> Tensor:
    """All crops count."""
    return torch.ones(count, dtype=torch.bool)


def test_against_numpy() -> None:
    bank, real, fake, codes = crops(0), crops(1, 5), crops(2, 5), torch.linspace(-1, 0.5, 5)
    reader = LinearReader(bank, ridge=0.5)
    given = bank.numpy().astype(np.float64)
    scale = given.std(axis=0, ddof=1) + 1e-4
    standardised = (given - given.mean(axis=0)) / scale
    metric = np.linalg.inv(np.cov(standardised.T, bias=True) + 0.5 * np.eye(6))
    each = (fake - real).numpy().astype(np.float64) / scale
    alike, by_spacing = (
        np.sqrt(away @ metric @ away) for away in (each.mean(axis=0), codes.numpy() @ each / 5)
    )
    # The first step knows no other difference than its own.
    assert np.isclose(reader(fake, real, untold(5), every(5)).item(), alike, rtol=1e-3)
    told = LinearReader(bank, ridge=0.5)(fake, real, codes, every(5)).item()
    assert np.isclose(told, alike + by_spacing, rtol=1e-3)


def test_what_goes_with_the_spacing_is_found_where_the_mean_shows_nothing() -> None:
    real, codes = crops(1, 8), torch.tensor([-1.0, 1.0] * 4)
    shifted = real + codes[:, None] * crops(0).std(dim=0)
    assert LinearReader(crops(0))(shifted, real, untold(8), every(8)).abs() < 1e-2
    assert LinearReader(crops(0))(shifted, real, codes, every(8)) > 1


def test_the_discriminant_is_a_moving_average() -> None:
    reader = LinearReader(crops(0), ReaderLossConfig(decay=0.75))
    shifts = [torch.full((1, 6), value) for value in (1.0, 3.0, 2.0, 8.0, 0.0)]
    for shift in shifts:
        reader(crops(1) + shift * reader.scale, crops(1), untold(400), every(400))
    # A plain mean of the first four, then a quarter of the last.
    assert torch.allclose(reader.difference[0], torch.full((6,), 0.75 * 3.5), atol=1e-4)


def test_its_gradient_brings_reconstructions_to_the_originals_on_average() -> None:
    reader, real = LinearReader(crops(0), ReaderLossConfig(decay=0.5)), crops(1, 8)
    offset = torch.linspace(-2, 2, 6).requires_grad_(True)
    first = reader(real + offset, real, untold(8), every(8))
    for step in range(300):
        loss = reader(real + offset, real, untold(8), every(8))
        (gradient,) = torch.autograd.grad(loss, offset)
        with torch.no_grad():
            offset -= 0.3 * (1 - step / 300) * gradient
    assert loss.abs() < 0.1 * first


def test_reconstructions_like_the_originals_cost_nothing_and_the_originals_get_no_gradient() -> None:
    reader = LinearReader(crops(0))
    real = crops(1, 4).requires_grad_(True)
    same = real.detach().clone().requires_grad_(True)
    loss = reader(same, real, untold(4), every(4))
    loss.backward()
    assert loss == 0 and real.grad is None
    assert same.grad is not None and torch.isfinite(same.grad).all()


def test_statistics_of_each_crop_stand_in_one_row() -> None:
    generator = torch.Generator().manual_seed(0)
    stages = [torch.randn(6, 3, 8, 8, generator=generator), torch.randn(6, 5, 4, 4, generator=generator)]
    table = crop_statistics(stages, crops=3)
    assert table.shape == (3, 2 * 2 * (3 + 5))
    # The second view of the first crop: means of the first stage, then their deviations.
    assert torch.allclose(table[0, 16:19], stages[0][1].mean(dim=(1, 2)))
    assert torch.allclose(table[0, 19:22], stages[0][1].std(dim=(1, 2), correction=0), atol=1e-4)


def test_a_reader_stored_and_taken_over_goes_on_alike() -> None:
    first, second = LinearReader(crops(0)), LinearReader(crops(5))
    first(crops(1), crops(2), untold(400), every(400))
    second.load_state_dict(first.state_dict())
    codes = torch.linspace(-1, 1, 400)
    assert torch.equal(
        first(crops(3), crops(4), codes, every(400)), second(crops(3), crops(4), codes, every(400))
    )


def test_crops_that_do_not_count_are_as_if_they_were_not_there() -> None:
    real, made = crops(1, 8), crops(2, 8)
    counted = torch.arange(8) < 5
    some = LinearReader(crops(0))(made, real, untold(8), counted)
    assert torch.isclose(some, LinearReader(crops(0))(made[:5], real[:5], untold(5), every(5)))
    nothing = LinearReader(crops(0))(made.requires_grad_(True), real, untold(8), ~every(8))
    nothing.backward()
    assert nothing == 0 and torch.equal(made.grad, torch.zeros_like(made))


def test_what_goes_with_a_component_is_found_where_the_mean_shows_nothing() -> None:
    bank = crops(0)
    standardised = ((bank - bank.mean(dim=0)) / (bank.std(dim=0) + 1e-4)).numpy()
    widest = np.linalg.svd(standardised, full_matrices=False)[2][0]
    along = torch.from_numpy(standardised @ widest).sign()[:, None]
    # One way on one side of the widest direction, the other way on the other side.
    made = bank + 0.05 * along * bank.std(dim=0)
    made = made - (made - bank).mean(dim=0)
    told = untold(400), every(400)
    alike = LinearReader(bank)(made, bank, *told)
    followed = [
        LinearReader(bank, ReaderLossConfig(components=2, component_weight=weight))(made, bank, *told)
        for weight in (1.0, 2.0)
    ]
    assert alike.abs() < 1e-3
    assert followed[0] > 0.05 and torch.isclose(followed[1], 2 * followed[0], rtol=1e-3)


def test_a_components_part_against_numpy() -> None:
    bank, real, fake = crops(0), crops(1, 5), crops(2, 5)
    given = bank.numpy().astype(np.float64)
    scale, centre = given.std(axis=0, ddof=1) + 1e-4, given.mean(axis=0)
    covariance = np.cov(((given - centre) / scale).T, bias=True)
    variances, directions = np.linalg.eigh(covariance)
    places = (fake.numpy() - centre) / scale @ (directions[:, -2:] / np.sqrt(variances[-2:]))
    parts = places.clip(-3, 3).T @ ((fake - real).numpy() / scale) / 5
    together = np.sqrt(np.einsum("jf,fg,jg", parts, np.linalg.inv(covariance + 0.5 * np.eye(6)), parts))
    reader = LinearReader(bank, ReaderLossConfig(components=2, component_weight=3.0))
    mean_alone = LinearReader(bank)(fake, real, untold(5), every(5)).item()
    assert np.isclose(reader(fake, real, untold(5), every(5)).item(), mean_alone + 3 * together, rtol=1e-3)


def test_too_few_real_crops_are_refused() -> None:
    with pytest.raises(ValueError, match="least_foreground"):
        LinearReader(crops(0, count=3), ReaderLossConfig(components=4))
