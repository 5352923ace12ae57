"""The intermediate loss on features of the discriminator (paper section 2.2)."""

from collections.abc import Sequence

import torch
from torch import Tensor


def intermediate_loss(reconstruction: Sequence[Tensor], images: Sequence[Tensor]) -> Tensor:
    """Squared L2 distance of the discriminator's intermediate features.

    The mean over each block's features, then over the blocks, so that a weight means the same
    for every size of discriminator.

    Parameters
    ----------
    reconstruction, images : sequence of float [B, C, h, w]
        Features of each block; those of the images are the target and get no gradient.

    Returns
    -------
    float, a scalar
    """
    pairs = zip(reconstruction, images, strict=True)
    return torch.stack([(fake - real.detach()).square().mean() for fake, real in pairs]).mean()
