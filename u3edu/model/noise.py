"""Seeded noise inputs of the decoder: grain that ten elements cannot carry, the same at every rendering."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from u3edu.model.grain import MARGIN, Grain

# From a level, a height and width, and a margin around them that is left out where it is 0, to
# noise float32 [B, 1, height + 2 margin, width + 2 margin].
NoiseSource = Callable[..., Tensor]

# Noise for the grain of the picture itself is of no level of the U-Net.
GRAIN_LEVEL = -1

_LOW_32_BITS = 0xFFFFFFFF
# The sum of eight bytes drawn alike: its mean and its standard deviation.
_BYTES_MEAN = 8 * 255 / 2
_BYTES_DEVIATION = (8 * (256**2 - 1) / 12) ** 0.5


class NoiseInput(nn.Module):
    """Adds noise to features, as strong as the features themselves ask for.

    Strengths start at zero: a decoder trained without noise is the same function with it.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # A strength for each pixel and channel: fat, muscle and air differ in their grain.
        self.strength = nn.Conv2d(channels, channels, kernel_size=1)
        for parameter in self.strength.parameters():
            nn.init.zeros_(parameter)

    def forward(self, features: Tensor, noise: Tensor) -> Tensor:
        """Features [B, C, H, W] with noise [B, 1, H, W] added."""
        return features + self.strength(features) * noise


def noise_source(seeds: Tensor, strengths: Tensor | None = None, top: int = 0, left: int = 0) -> NoiseSource:
    """Noise for the levels of a U-Net that sees a part of a picture.

    Parameters
    ----------
    seeds : int64 [B]
        One for each picture.
    strengths : float32 [B], optional
        What the noise of each picture is multiplied by.
    top, left : int
        Where the part begins in the whole picture, in pixels; multiples of the U-Net's stride.

    Returns
    -------
    callable
        From a level (0 is the finest), a height and width, and a margin around them (0 if not
        given), to `position_noise` there.
    """
    return partial(_noise_of_level, seeds, strengths, top, left)


def _noise_of_level(
    seeds: Tensor,
    strengths: Tensor | None,
    top: int,
    left: int,
    level: int,
    height: int,
    width: int,
    margin: int = 0,
) -> Tensor:
    first, second = (offset >> max(level, 0) for offset in (top, left))
    sides = height + 2 * margin, width + 2 * margin
    noise = position_noise(seeds, level, first - margin, second - margin, *sides)
    return noise if strengths is None else noise * strengths[:, None, None, None]


class NoiseFields:
    """Noise of one seed at each level of a U-Net, computed once for the largest picture asked for.

    Parameters
    ----------
    seed : int
    device : torch.device
        Where the noise is kept.
    grain : Grain, optional
        Of a U-Net that has one: noise of `GRAIN_LEVEL` is kept filtered.
    """

    def __init__(self, seed: int, device: torch.device, grain: Grain | None = None) -> None:
        self._seeds = torch.tensor([seed], device=device)
        self._grain = grain
        self._fields: dict[int, Tensor] = {}

    def field(self, level: int, height: int, width: int) -> Tensor:
        """`position_noise` of a whole picture, float32 [1, 1, height, width] in pixels of the level.

        Of `GRAIN_LEVEL` its textures instead, [1, filters, height, width].
        """
        field = self._fields.get(level)
        known = (0, 0) if field is None else field.shape[2:]
        if field is None or height > known[0] or width > known[1]:
            sides = max(height, known[0]), max(width, known[1])
            field = self._fields[level] = self._computed(level, *sides)
        return field[:, :, :height, :width]

    def _computed(self, level: int, height: int, width: int) -> Tensor:
        if level != GRAIN_LEVEL:
            return position_noise(self._seeds, level, 0, 0, height, width)
        assert self._grain is not None
        noise = position_noise(self._seeds, level, -MARGIN, -MARGIN, height + 2 * MARGIN, width + 2 * MARGIN)
        return self._grain.textures(noise).contiguous(memory_format=torch.channels_last)


def position_noise(seeds: Tensor, level: int, top: int, left: int, height: int, width: int) -> Tensor:
    """Noise that is a function of seed, level and absolute position alone.

    A hash of the position, in whole numbers only: a box of a picture gets to the last bit the
    noise that the whole picture has there, on every device. The values are those of a sum of
    eight uniform bytes, which is nearly normal (mean 0, standard deviation 1, at most 4.9).

    Parameters
    ----------
    seeds : int64 [B]
    level, top, left, height, width : int
        Level of the U-Net, and the box in pixels of that level.

    Returns
    -------
    float32 [B, 1, height, width]
    """
    device = seeds.device
    rows = torch.arange(top, top + height, device=device)[:, None]
    columns = torch.arange(left, left + width, device=device)
    streams = _hash(_hash(seeds & _LOW_32_BITS) + level)[:, None, None]
    first = _hash(_hash(_hash(streams + rows) ^ 0x9E3779B9) + columns)
    total = torch.zeros_like(first)
    for word in (first, _hash(first + 1)):
        for shift in (0, 8, 16, 24):
            total += (word >> shift) & 0xFF
    return ((total.float() - _BYTES_MEAN) / _BYTES_DEVIATION)[:, None]


def _hash(values: Tensor) -> Tensor:
    """32 well mixed bits, as int64, of the low 32 bits: MurmurHash3's finaliser (A. Appleby, 2008)."""
    values = values & _LOW_32_BITS
    values = ((values ^ (values >> 16)) * 0x85EBCA6B) & _LOW_32_BITS
    values = ((values ^ (values >> 13)) * 0xC2B2AE35) & _LOW_32_BITS
    return values ^ (values >> 16)
