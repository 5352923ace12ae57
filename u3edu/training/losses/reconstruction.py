"""The reconstruction loss (paper section 2.1)."""

from torch import Tensor


def reconstruction_loss(reconstruction: Tensor, images: Tensor) -> Tensor:
    """Mean squared error between reconstructed and input images, both [B, 1, H, W]."""
    return (reconstruction - images).square().mean()
