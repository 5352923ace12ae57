"""Element borders as hard as a brush paints them.

The encoder's own maps lead from one tissue to another through the elements between; a stroke does not.
A decoder that has never seen it draws a dark and a bright line along it.
"""

import torch
from torch import Tensor
from torch.nn import functional

# Borders are several elements wide; more passes take thin structures away, too.
_PASSES = 2
# Places where borders are hard are about this wide, in pixels.
_PLACE = 24


def hardened(labels: Tensor) -> Tensor:
    """Labels with most of the elements between two tissues given to either of them, int64 [B, H, W].

    Each pixel goes to the highest or the lowest of its 3 x 3 neighbours, whichever is nearer.

    Parameters
    ----------
    labels : int64 [B, H, W]
        Of elements in order from dark to bright.
    """
    numbers = labels[:, None].float()
    for _ in range(_PASSES):
        highest = functional.max_pool2d(numbers, 3, stride=1, padding=1)
        lowest = -functional.max_pool2d(-numbers, 3, stride=1, padding=1)
        numbers = torch.where(highest - numbers < numbers - lowest, highest, lowest)
    return numbers[:, 0].long()


def draw_hard_edges(share: float, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Labels int64 [B, H, W] with hard borders in places drawn by chance, a `share` of each on average."""
    batch, height, width = labels.shape
    coarse = torch.randn(batch, 1, height // _PLACE + 2, width // _PLACE + 2, generator=generator)
    smooth = functional.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=False)
    flat = smooth.flatten(1)
    level = flat.quantile(1 - share, dim=1)[:, None, None]
    return torch.where(smooth[:, 0] > level, hardened(labels), labels)
