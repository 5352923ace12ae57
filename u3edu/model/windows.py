"""Pictures through windows, as a reader looks at them."""

from collections.abc import Sequence

import torch
from torch import Tensor

# Centre and width in intensities of [-1, 1].
Windows = Sequence[tuple[float, float]]


def through_windows(images: Tensor, windows: Windows) -> Tensor:
    """Images as they are seen through each window, what lies beyond it cut off.

    Parameters
    ----------
    images : float [B, 1, H, W]
    windows : sequence of (centre, width)

    Returns
    -------
    float [B, N, H, W]
        In [-1, 1], a channel a window; no channel without windows.
    """
    views = [((images - centre) / (width / 2)).clamp(-1, 1) for centre, width in windows]
    return torch.cat([images[:, :0], *views], dim=1)
