"""Grain: noise through learned filters, as strong as each pixel asks for, added to the picture.

A scanner's noise is nearly normal, and its spectrum changes slowly from place to place. Convolutions
with a leaky ReLU distort noise that runs through them; a sum of filtered noise stays normal, however
strong. Noise of CT runs along the patient's width, most of all at the shoulders, but leans neither way
on the whole: filters are alike in both mirrors, or grain would run in slanting lines.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

# Of a filter, in pixels: as far as the noise of a scanner hangs together.
SIDE = 15
MARGIN = SIDE // 2


class Grain(nn.Module):
    """Adds filtered noise to a picture.

    Strengths start at zero: a decoder trained without grain is the same function with it.

    Parameters
    ----------
    channels : int
        Of the features that say how strong each filter is at a pixel.
    filters : int
    """

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        self.filters = nn.Conv2d(1, filters, SIDE, bias=False)
        self.strength = nn.Conv2d(channels, filters, kernel_size=1)
        # The mean over the mirrors has half of this.
        nn.init.normal_(self.filters.weight, std=2 / SIDE)
        for parameter in self.strength.parameters():
            nn.init.zeros_(parameter)

    def textures(self, noise: Tensor) -> Tensor:
        """Filtered noise [B, filters, H, W] of noise [B, 1, H + 2 MARGIN, W + 2 MARGIN]."""
        kernels = (self.filters.weight + self.filters.weight.flip(2)) / 2
        return functional.conv2d(noise, (kernels + kernels.flip(3)) / 2)

    def forward(self, features: Tensor, textures: Tensor) -> Tensor:
        """What to add to a picture, [B, 1, H, W], of its features and `textures`."""
        return torch.sum(self.strength(features) * textures, dim=1, keepdim=True)
