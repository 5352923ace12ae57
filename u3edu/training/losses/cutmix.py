"""CutMix augmentation of the discriminator (paper section 2.2, after Schönfeld et al., CVPR 2020)."""

import torch
from torch import Tensor


def draw_cutmix(batch: int, side: int, generator: torch.Generator) -> Tensor:
    """Draw which pixels of a mixed image are real.

    A box whose share of the area is uniform in (0, 1) lies anywhere inside the image; in half
    of the images, by chance, the box is what is real, in the others what is around it.

    Parameters
    ----------
    batch, side : int
        Images and their side in pixels.
    generator : torch.Generator

    Returns
    -------
    bool [batch, 1, side, side]
        True where real.
    """
    length = side * torch.rand(batch, 1, generator=generator).sqrt()
    corner = (side - length) * torch.rand(batch, 2, generator=generator)
    place = torch.arange(side) + 0.5
    rows = (place > corner[:, :1]) & (place < corner[:, :1] + length)
    columns = (place > corner[:, 1:]) & (place < corner[:, 1:] + length)
    inside = rows[:, :, None] & columns[:, None, :]
    box_is_real = torch.rand(batch, generator=generator) < 0.5
    return (inside == box_is_real[:, None, None])[:, None]


def mix(real: Tensor, fake: Tensor, is_real: Tensor) -> Tensor:
    """`real` where `is_real`, `fake` elsewhere; all [B, 1, H, W]."""
    return torch.where(is_real, real, fake)


def cutmix_loss(mixed_pixels: Tensor, mixed_wholes: Tensor, is_real: Tensor) -> Tensor:
    """Hinge loss on mixed images: each pixel is what it is, each mixture as a whole is fake.

    Parameters
    ----------
    mixed_pixels : float [B, 1, H, W]
        Judgement of every pixel of the mixed images.
    mixed_wholes : float [B]
        Judgement of every mixed image.
    is_real : bool [B, 1, H, W]

    Returns
    -------
    float, a scalar
    """
    signs = torch.where(is_real, 1.0, -1.0)
    return (1 - signs * mixed_pixels).clamp(min=0).mean() + (1 + mixed_wholes).clamp(min=0).mean()
