"""Label jitter: element borders that are a pixel off, as a hand paints them."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class LabelJitter:
    """Which neighbour's label each pixel takes.

    Parameters
    ----------
    rows, columns : int64 [B, H, W]
        Offsets of -1, 0 or 1; (0, 0) keeps the pixel's own label.
    """

    rows: Tensor
    columns: Tensor

    def apply(self, labels: Tensor) -> Tensor:
        """Labels int64 [B, H, W] with the neighbours' in place; at the border the nearest pixel's."""
        batch, height, width = labels.shape
        rows = (torch.arange(height)[:, None] + self.rows).clamp(0, height - 1)
        columns = (torch.arange(width) + self.columns).clamp(0, width - 1)
        return labels[torch.arange(batch)[:, None, None], rows, columns]


def draw_label_jitter(
    share: float, batch: int, height: int, width: int, generator: torch.Generator
) -> LabelJitter:
    """Draw a jitter in which a `share` of all pixels looks at one of the nine around it.

    Inside an element it changes nothing; at borders it makes them ragged and thin.
    """
    shape = (batch, height, width)
    moved = torch.rand(shape, generator=generator) < share
    offsets = torch.randint(-1, 2, (2, *shape), generator=generator) * moved
    return LabelJitter(offsets[0], offsets[1])
