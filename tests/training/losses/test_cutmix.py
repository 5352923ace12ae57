"""CutMix: the right labels on both sides of the cut, and its loss against NumPy."""

import numpy as np
import torch

from u3edu.training.data import step_generator
from u3edu.training.losses.cutmix import cutmix_loss, draw_cutmix, mix


def test_labels_are_right_on_both_sides_of_the_cut() -> None:
    real, fake = torch.full((8, 1, 32, 32), 7.0), torch.full((8, 1, 32, 32), -3.0)
    is_real = draw_cutmix(8, 32, step_generator(0, 0))
    mixed = mix(real, fake, is_real)
    assert torch.equal(mixed == 7, is_real)
    assert torch.equal(mixed == -3, ~is_real)
    # A judgement that knows the truth pixel by pixel costs nothing, its opposite everything.
    truth = torch.where(mixed == 7, 1.0, -1.0)
    fake_wholes = torch.full((8,), -1.0)
    assert cutmix_loss(truth, fake_wholes, is_real).item() == 0
    assert cutmix_loss(-truth, fake_wholes, is_real).item() == 2


def test_the_cut_is_one_box_with_real_inside_or_outside() -> None:
    masks = draw_cutmix(400, 24, step_generator(1, 0))[:, 0].numpy()
    insides = []
    for mask in masks:
        for inside, box in ((True, mask), (False, ~mask)):
            rows, columns = np.nonzero(box)
            if rows.size and rows.size == np.ptp(rows) * np.ptp(columns) + np.ptp(rows) + np.ptp(columns) + 1:
                insides.append(inside)
                break
        else:
            # The box may be thinner than the way between two pixel centres.
            assert mask.all() or not mask.any()
    assert len(insides) > 380
    # Boxes that touch two opposite borders count as either, hence the width of the range.
    assert 0.4 < np.mean(insides) < 0.75


def test_shares_of_real_pixels_are_spread_evenly() -> None:
    shares = draw_cutmix(4000, 24, step_generator(2, 0)).float().mean(dim=(1, 2, 3)).numpy()
    counts, _ = np.histogram(shares, bins=4, range=(0, 1))
    assert abs(counts / 4000 - 0.25).max() < 0.05


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    pixels, wholes = numbers.normal(size=(2, 1, 4, 5)), numbers.normal(size=2)
    is_real = numbers.random((2, 1, 4, 5)) < 0.5
    real = np.maximum(0, 1 - pixels[is_real]).sum()
    fake = np.maximum(0, 1 + pixels[~is_real]).sum()
    expected = (real + fake) / pixels.size + np.maximum(0, 1 + wholes).mean()
    loss = cutmix_loss(torch.from_numpy(pixels), torch.from_numpy(wholes), torch.from_numpy(is_real))
    assert np.isclose(loss.item(), expected)


def test_pushes_real_pixels_up_and_fake_pixels_and_the_whole_down() -> None:
    pixels = torch.zeros(1, 1, 1, 2, requires_grad=True)
    wholes = torch.zeros(1, requires_grad=True)
    cutmix_loss(pixels, wholes, torch.tensor([[[[True, False]]]])).backward()
    assert pixels.grad is not None and wholes.grad is not None
    real, fake = pixels.grad.flatten().tolist()
    assert real < 0 < fake
    assert wholes.grad.item() > 0
