"""Each pixel against what lies around it: a view that brightness and contrast hardly change."""

import torch
from torch import Tensor
from torch.nn import functional

# Standard deviations beyond this are cut off, and this one is halved to lie in about [-1, 1].
_FARTHEST = 3.0
# Where the surroundings are even, as in air, their noise is not blown up.
_LEAST_DEVIATION = 0.05


def against_surroundings(images: Tensor, side: int, step: int) -> Tensor:
    """How far each pixel lies from the mean of its surroundings, in their standard deviations.

    Parameters
    ----------
    images : float [B, 1, H, W]
        H and W are multiples of `step`.
    side : int
        Side of the surroundings, about, in pixels.
    step : int
        Means are taken every so many pixels and interpolated between.

    Returns
    -------
    float32 [B, 1, H, W]
        In [-1.5, 1.5].
    """
    with torch.autocast(images.device.type, enabled=False):  # squares need more than eight bits
        images = images.float()
        mean = _surrounding_mean(images, side, step)
        variance = (_surrounding_mean(images.square(), side, step) - mean.square()).clamp(min=0)
        offset = images - _interpolated(mean, step)
        deviation = _interpolated(variance.sqrt(), step) + _LEAST_DEVIATION
        return (offset / deviation).clamp(-_FARTHEST, _FARTHEST) / 2


def _surrounding_mean(images: Tensor, side: int, step: int) -> Tensor:
    """Means of the surroundings of every block of `step` x `step` pixels, [B, 1, H / step, W / step]."""
    blocks = functional.avg_pool2d(images, step)
    radius = side // step // 2
    return functional.avg_pool2d(blocks, 2 * radius + 1, stride=1, padding=radius, count_include_pad=False)


def _interpolated(blocks: Tensor, step: int) -> Tensor:
    return functional.interpolate(blocks, scale_factor=float(step), mode="bilinear", align_corners=False)
