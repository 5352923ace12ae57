"""Kernels that look the same from all sides, so that a mirrored picture gets mirrored labels."""

import torch
from torch import nn


@torch.no_grad()
def symmetrise(network: nn.Module) -> None:
    """Replace each kernel by its mean over the eight symmetries of the square, in place.

    An image's elements should not depend on how the patient lies. A network of such kernels gives
    a picture that is mirrored or turned by quarters exactly the labels mirrored and turned, as far
    as its sides are multiples of the network's stride.

    Parameters
    ----------
    network : Module
        Its convolutions have square kernels.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size[0] > 1:
            kernel = layer.weight
            # Symmetric under both mirrors and the diagonal: that generates all eight.
            mean = (kernel + kernel.flip(2) + kernel.flip(3) + kernel.flip((2, 3))) / 4
            kernel.copy_((mean + mean.transpose(2, 3)) / 2)
