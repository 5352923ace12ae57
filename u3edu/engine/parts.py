"""Pictures that are drawn together, each with an appearance of its own: their noise, and how strong it is."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from u3edu.editing.box import Box
from u3edu.engine.appearance import LEARNED, Appearance
from u3edu.engine.crops import crop
from u3edu.imaging.coil_field import noise_factors
from u3edu.model.noise import NoiseFields


@dataclass(frozen=True)
class Part:
    """What one picture of a batch depends on beside its labels.

    Parameters
    ----------
    top, left : int
        Where it begins in the picture that it was cut from.
    appearance : Appearance
        How it is to be drawn.
    """

    top: int = 0
    left: int = 0
    appearance: Appearance = LEARNED


Parts = tuple[Part, ...]
# From a box to the inputs of a U-Net there.
Source = Callable[[Box], Tensor]


def noise_in(noise: NoiseFields, level: int, shape: tuple[int, int], parts: Parts, box: Box) -> Tensor:
    """The noise in a box of pictures of `shape`, [B, channels, h, w]."""
    noises = []
    for part in parts:
        top, left = (offset >> max(level, 0) for offset in (part.top, part.left))
        field = noise.field(level, top + shape[0], left + shape[1])
        inside = crop(field[:, :, top:, left:], box)
        strength = part.appearance.grain
        if part.appearance.coil_field:
            factors = noise_factors(part.appearance.coil_field, part.appearance.field_shape, max(level, 0))
            inside = inside * torch.tensor(factors[top:, left:][box.slices], device=inside.device)
        noises.append(inside if strength == 1 else inside * strength)
    return torch.cat(noises) if len(noises) > 1 else noises[0]


def by_element(noise: Tensor, source: Source, level: int, parts: Parts, box: Box) -> Tensor:
    """Noise of a box [B, C, h, w], at each pixel as strong as its element says.

    Parameters
    ----------
    noise : Tensor
        As strong as the pictures' grain is.
    source : callable
        From a box to the labels there, as for `LabelConvolution`; not asked where grain is alike.
    level : int
        Of the noise, 0 for the finest: the label of a pixel is that of the first one that it covers.
    parts : tuple of Part
    box : Box
        In pixels of the level.
    """
    if not any(part.appearance.element_grain for part in parts):
        return noise
    every = 2**level
    top, left, bottom, right = (every * side for side in (box.top, box.left, box.bottom, box.right))
    labels = source(Box(top, left, bottom - every + 1, right - every + 1))[:, :, ::every, ::every]
    strengths = []
    for part, own in zip(parts, labels, strict=True):
        # Outside of the picture, 0, no one sees grain.
        table = torch.tensor((1.0, *part.appearance.element_grain), device=labels.device)
        strengths.append(
            table[own] if part.appearance.element_grain else torch.ones_like(own, dtype=table.dtype)
        )
    return noise * torch.stack(strengths)
