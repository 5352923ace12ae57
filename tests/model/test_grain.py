"""Grain: filtered noise that is added to a picture."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from u3edu.model.config import U3NetConfig
from u3edu.model.decoder import Decoder
from u3edu.model.grain import MARGIN, Grain
from u3edu.model.noise import GRAIN_LEVEL, NoiseFields, noise_source, position_noise

SEEDS = torch.tensor([7])


def random_grain(filters: int = 3) -> Grain:
    torch.manual_seed(0)
    grain = Grain(4, filters)
    torch.nn.init.normal_(grain.strength.weight)
    torch.nn.init.normal_(grain.strength.bias)
    return grain.requires_grad_(False)


def alike_in_both_mirrors(kernels: np.ndarray) -> np.ndarray:
    """The mean of kernels [N, side, side] and their mirror images."""
    mirrored = [kernels[:, ::down, ::across] for down in (1, -1) for across in (1, -1)]
    mean: np.ndarray = np.mean(mirrored, axis=0)
    return mean


def test_against_scipy() -> None:
    grain, features = random_grain(), torch.randn(1, 4, 20, 24)
    noise = noise_source(SEEDS)(GRAIN_LEVEL, 20, 24, MARGIN)
    added = grain(features, grain.textures(noise))[0, 0].numpy()
    expected = np.zeros((20, 24))
    for weight, strength, bias in zip(
        alike_in_both_mirrors(grain.filters.weight[:, 0].numpy()),
        grain.strength.weight[:, :, 0, 0].numpy(),
        grain.strength.bias.numpy(),
        strict=True,
    ):
        texture = ndimage.correlate(noise[0, 0].numpy(), weight)[MARGIN:-MARGIN, MARGIN:-MARGIN]
        expected += (np.tensordot(strength, features[0].numpy(), 1) + bias) * texture
    np.testing.assert_allclose(added, expected, atol=1e-4)


def test_grain_leans_neither_way() -> None:
    grain = random_grain()
    noise = torch.randn(1, 1, 30, 30, generator=torch.Generator().manual_seed(1))
    for axis in (2, 3):
        torch.testing.assert_close(grain.textures(noise.flip(axis)), grain.textures(noise).flip(axis))


def test_a_part_has_the_textures_of_the_whole() -> None:
    grain = random_grain()
    whole = NoiseFields(7, torch.device("cpu"), grain).field(GRAIN_LEVEL, 60, 50)
    part = grain.textures(noise_source(SEEDS, top=16, left=8)(GRAIN_LEVEL, 30, 20, MARGIN))
    torch.testing.assert_close(part, whole[:, :, 16:46, 8:28], atol=1e-6, rtol=0)


def test_the_field_of_a_smaller_picture_is_a_part_of_a_larger_ones() -> None:
    fields = NoiseFields(7, torch.device("cpu"), random_grain())
    small = fields.field(GRAIN_LEVEL, 20, 30)
    torch.testing.assert_close(small, fields.field(GRAIN_LEVEL, 40, 44)[:, :, :20, :30], atol=1e-6, rtol=0)


def test_a_new_grain_adds_nothing() -> None:
    assert Grain(4, 3)(torch.randn(1, 4, 8, 8), torch.randn(1, 3, 8, 8)).abs().max() == 0


def test_noise_is_multiplied_by_the_strength_of_each_picture() -> None:
    seeds, strengths = torch.tensor([7, 7]), torch.tensor([1.0, 2.5])
    noise = noise_source(seeds, strengths)(1, 6, 6)
    assert torch.equal(noise[0], position_noise(SEEDS, 1, 0, 0, 6, 6)[0])
    torch.testing.assert_close(noise[1], 2.5 * noise[0])


def test_a_picture_of_strength_zero_has_no_noise_at_all() -> None:
    torch.manual_seed(0)
    config = U3NetConfig(decoder_widths=(4, 6), embedding_size=3, noise_seed=1, grain_filters=2)
    decoder = Decoder(config).eval()
    for layer in (*decoder.unet.noise, decoder.unet.grain):
        torch.nn.init.normal_(layer.strength.weight)
    quantized = torch.randn(1, 3, 16, 16)
    pictures = [decoder(quantized, torch.tensor([seed]), torch.zeros(1)) for seed in (1, 2)]
    assert torch.equal(*pictures)
    assert not torch.equal(pictures[0], decoder(quantized, torch.tensor([1]), torch.ones(1)))


def test_image_and_grain_come_apart() -> None:
    torch.manual_seed(0)
    decoder = Decoder(U3NetConfig(decoder_widths=(4, 6), embedding_size=3, noise_seed=1, grain_filters=2))
    assert decoder.unet.grain is not None and not decoder.unet.noise
    torch.nn.init.normal_(decoder.unet.grain.strength.weight)
    quantized, seeds = torch.randn(1, 3, 16, 16), torch.tensor([1])
    plain, grain = decoder.eval()(quantized, seeds, apart=True).chunk(2, dim=1)
    torch.testing.assert_close(plain + grain, decoder(quantized, seeds))
    torch.testing.assert_close(plain, decoder(quantized, seeds, torch.zeros(1)))
    assert grain.abs().max() > 0


def test_grain_without_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="set noise_seed"):
        U3NetConfig(grain_filters=2)
