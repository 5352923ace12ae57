"""A loss on the energy along the boundaries of elements: neither contour lines nor flat patches."""

import torch
from torch import Tensor
from torch.nn import functional

# As `u3edu.imaging.high_pass`: what is finer than a Gaussian of one pixel.
_RADIUS = 4
# A fiftieth of a Hounsfield unit, squared: the logarithm of an even place stays finite.
_FLOOR = 1e-10


def boundary_loss(reconstruction: Tensor, images: Tensor, labels: Tensor) -> Tensor:
    """Difference of the high-pass energy along the boundaries of elements, and of that elsewhere.

    A decoder of few elements draws a step at each boundary and too little between; squared errors
    hardly see either. The loss is not the paper's.

    Parameters
    ----------
    reconstruction, images : float [B, 1, H, W]
    labels : int64 [B, H, W]
        Those of the images.

    Returns
    -------
    float, a scalar
        Mean absolute difference of natural logarithms of both energies, over the images.
    """
    along = near_boundary(labels)
    ours, theirs = (_high_pass(batch.float())[:, 0].square() for batch in (reconstruction, images))
    away = [(_log_mean(ours, where) - _log_mean(theirs, where).detach()).abs() for where in (along, ~along)]
    return torch.stack(away).mean()


def near_boundary(labels: Tensor) -> Tensor:
    """Pixels with another element above, below or beside them, bool [B, H, W]."""
    boundary = torch.zeros_like(labels, dtype=torch.bool)
    across, beside = labels[:, 1:] != labels[:, :-1], labels[:, :, 1:] != labels[:, :, :-1]
    boundary[:, 1:] |= across
    boundary[:, :-1] |= across
    boundary[:, :, 1:] |= beside
    boundary[:, :, :-1] |= beside
    return boundary


def _log_mean(energy: Tensor, where: Tensor) -> Tensor:
    """Logarithm of each image's mean energy in a region, float [B]; of the floor where there is none."""
    mean = (energy * where).sum(dim=(1, 2)) / where.sum(dim=(1, 2)).clamp(min=1)
    return (mean + _FLOOR).log()


def _high_pass(images: Tensor) -> Tensor:
    """Images [B, 1, H, W] less a Gaussian of one pixel over them."""
    offsets = torch.arange(-_RADIUS, _RADIUS + 1, device=images.device, dtype=images.dtype)
    bell = torch.exp(-offsets.square() / 2)
    bell = bell / bell.sum()
    smooth = functional.pad(images, (_RADIUS,) * 4, mode="reflect")
    smooth = functional.conv2d(
        functional.conv2d(smooth, bell[None, None, :, None]), bell[None, None, None, :]
    )
    return images - smooth
