"""Pixel spacing, told to the decoder: the same kernel looks sharper where pixels are larger.

A scanner's reconstruction kernel is the same in cycles per mm; in cycles per pixel it reaches
further the wider the field of view was chosen.
"""

import math

import torch
from torch import Tensor, nn


class SpacingInput(nn.Module):
    """Scales and shifts features as the spacing of the picture asks for.

    Factors start at zero: a decoder trained without is the same function with it.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.zeros(channels))
        self.offset = nn.Parameter(torch.zeros(channels))

    def changes(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """What features are multiplied by, and what is added then, [B, C, 1, 1] each, of codes [B]."""
        by_channel = codes[:, None, None, None]
        return 1 + by_channel * self.factor[:, None, None], by_channel * self.offset[:, None, None]

    def forward(self, features: Tensor, codes: Tensor) -> Tensor:
        """Features [B, C, H, W] of pictures with `spacing_code` [B]."""
        factors, offsets = self.changes(codes)
        return features * factors + offsets


def spacing_code(spacing: float | None, learned: tuple[float, float] | None) -> float:
    """Where a spacing lies among those learned: -1 for the smallest, 1 for the largest, by its logarithm.

    Parameters
    ----------
    spacing : float, optional
        In mm; without one it is taken to lie in the middle, and beyond the learned ones at their end.
    learned : (smallest, largest), optional
        In mm; a decoder that learned none is told 0.
    """
    if spacing is None or learned is None:
        return 0.0
    smallest, largest = map(math.log, learned)
    code = (2 * math.log(spacing) - smallest - largest) / (largest - smallest)
    return min(max(code, -1.0), 1.0)
