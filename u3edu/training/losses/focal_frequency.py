"""The focal frequency loss (paper section 2.2, after Jiang et al., ICCV 2021)."""

import torch
from torch import Tensor


def focal_frequency_loss(reconstruction: Tensor, images: Tensor, focus: float = 1.0) -> Tensor:
    """Squared difference of spectra, where hard frequencies count more.

    ``mean_{u,v} w(u, v) |F_I(u, v) - F_R(u, v)|^2`` with the weights
    ``w = |F_I - F_R|^focus``, divided by their largest value in each image and held constant
    for the gradient. F is the orthonormal two-dimensional Fourier transform.

    Parameters
    ----------
    reconstruction, images : float [B, 1, H, W]
    focus : float
        Alpha of the reference: 0 weighs all frequencies alike.

    Returns
    -------
    float, a scalar
    """
    difference = torch.fft.fft2((reconstruction - images).float(), norm="ortho")
    power = difference.real.square() + difference.imag.square()
    weights = power.detach() ** (focus / 2)
    weights = weights / weights.amax(dim=(2, 3), keepdim=True).clamp(min=1e-12)
    return (weights * power).mean()
