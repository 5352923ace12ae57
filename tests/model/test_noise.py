"""Seeded noise: a function of seed, level and absolute position alone."""

import numpy as np
import pytest
import torch

from u3edu.model.noise import NoiseInput, noise_source, position_noise


def numpy_noise(seed: int, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
    """The same noise in NumPy's unsigned 32-bit integers, pixel by pixel."""

    def mixed(value: np.uint32) -> np.uint32:
        value ^= value >> np.uint32(16)
        value *= np.uint32(0x85EBCA6B)
        value ^= value >> np.uint32(13)
        value *= np.uint32(0xC2B2AE35)
        return value ^ (value >> np.uint32(16))

    noise = np.empty((height, width))
    with np.errstate(over="ignore"):
        stream = mixed(mixed(np.uint32(seed)) + np.uint32(level))
        for row in range(height):
            for column in range(width):
                line = mixed(mixed(stream + np.uint32(top + row)) ^ np.uint32(0x9E3779B9))
                word = mixed(line + np.uint32(left + column))
                octets = np.array([word, mixed(word + np.uint32(1))]).view(np.uint8)
                noise[row, column] = (octets.astype(float).sum() - 1020) / np.sqrt(8 * (256**2 - 1) / 12)
    return noise


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_against_numpy(seed: int) -> None:
    noise = position_noise(torch.tensor([seed]), level=2, top=100, left=31, height=9, width=7)
    assert np.allclose(noise[0, 0].numpy(), numpy_noise(seed, 2, 100, 31, 9, 7), atol=1e-5)


def test_a_box_has_to_the_last_bit_the_noise_of_the_whole() -> None:
    seeds = torch.tensor([3, 4])
    whole = position_noise(seeds, 1, 0, 0, 60, 50)
    assert torch.equal(position_noise(seeds, 1, 13, 22, 30, 17), whole[:, :, 13:43, 22:39])


def test_a_source_gives_each_level_its_own_pixels() -> None:
    seeds = torch.tensor([5])
    source = noise_source(seeds, top=24, left=16)
    assert torch.equal(source(2, 4, 4), position_noise(seeds, 2, 6, 4, 4, 4))


def test_it_looks_like_white_normal_noise() -> None:
    noise = position_noise(torch.tensor([1]), 0, 0, 0, 256, 256)[0, 0].double()
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    assert abs((noise.abs() < 1).double().mean() - 0.683) < 0.01
    power = torch.fft.fft2(noise).abs().square() / noise.numel()
    # A straight line or a grid in the noise would stand out of its spectrum.
    assert power.max() < 20
    for shift in [(0, 1), (1, 0), (1, 1), (0, 2), (1, -1)]:
        assert abs((noise * noise.roll(shift, (0, 1))).mean()) < 0.02


def test_seeds_and_levels_have_noise_of_their_own() -> None:
    def flat(seed: int, level: int) -> torch.Tensor:
        return position_noise(torch.tensor([seed]), level, 0, 0, 128, 128).flatten().double()

    fields = torch.stack([flat(0, 0), flat(1, 0), flat(0, 1), flat(1, 1), flat(2**31, 0)])
    correlation = torch.corrcoef(fields) - torch.eye(5)
    assert correlation.abs().max() < 0.04


def test_a_new_noise_input_changes_nothing_and_can_learn() -> None:
    layer, features = NoiseInput(3), torch.randn(2, 3, 4, 5)
    noise = position_noise(torch.tensor([0, 1]), 0, 0, 0, 4, 5)
    out = layer(features, noise)
    assert torch.equal(out, features)
    out.square().sum().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in layer.parameters())
