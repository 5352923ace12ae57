"""The texture loss: how much of each feature there is in a picture, wherever it lies."""

from collections.abc import Sequence

import torch
from torch import Tensor

# Keeps features that a picture has nowhere from counting without bounds.
_LEAST_DEVIATION = 0.05


def texture_loss(reconstruction: Sequence[Tensor], images: Sequence[Tensor]) -> Tensor:
    """Difference of the mean and the deviation of each feature over a picture.

    Textures are told apart by such statistics (Gatys, Ecker and Bethge, NIPS 2015, who take
    whole Gram matrices). They do not ask where a grain lies. The loss is not the paper's.

    Parameters
    ----------
    reconstruction, images : sequence of float [B, C, h, w]
        Features of each stage of a backbone; those of the images get no gradient.

    Returns
    -------
    float, a scalar
        Mean absolute difference of both statistics in deviations of the real feature, over
        channels, images and stages.
    """
    return torch.stack(
        [_difference(ours, theirs) for ours, theirs in zip(reconstruction, images, strict=True)]
    ).mean()


def _difference(ours: Tensor, theirs: Tensor) -> Tensor:
    mean, deviation = moments(ours)
    real_mean, real_deviation = (moment.detach() for moment in moments(theirs))
    away = (mean - real_mean).abs() + (deviation - real_deviation).abs()
    return (away / (real_deviation + _LEAST_DEVIATION)).mean()


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each feature, float [B, C] each."""
    mean = features.mean(dim=(2, 3))
    variance = (features - mean[:, :, None, None]).square().mean(dim=(2, 3))
    # The tiny term keeps the root's gradient finite where a feature is even.
    return mean, (variance + 1e-8).sqrt()
