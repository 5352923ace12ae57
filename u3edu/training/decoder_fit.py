"""A new decoder for elements that stay: fitted to the pictures before the discriminator joins in."""

import math

import torch
from torch import nn

from u3edu.model.u3net import U3Net
from u3edu.training.losses.reconstruction import reconstruction_loss
from u3edu.training.stage2_batch import Stage2Batch
from u3edu.training.stage2_config import Stage2Config

# Highest rate of Adam, as in stage 1.
_LEARNING_RATE = 1e-3
# Share of the fit after which batch norm uses its running statistics, as at inference.
_SETTLE_FROM = 0.7


def fit_loss(decoder: nn.Module, network: U3Net, batch: Stage2Batch) -> dict[str, torch.Tensor]:
    """The squared error alone: without any grain, which places cannot be learned from elements.

    Parameters
    ----------
    decoder : Module
        That of `network`, as set up for its device, precision and data parallelism.
    network : U3Net
    batch : Stage2Batch

    Returns
    -------
    dict of str to scalar
        ``mse``.
    """
    quantized = network.encoder.quantizer.look_up(batch.labels)
    pictures = decoder(
        quantized, batch.noise_seeds, batch.grain, apart=True, spacing_codes=batch.spacing_codes
    )
    plain, _ = batch.without_halo(pictures).float().chunk(2, dim=1)
    return {"mse": reconstruction_loss(plain, batch.images)}


def fit_learning_rate(config: Stage2Config, step: int) -> float:
    """Linear warm-up over the first 50 steps, then half a cosine down to the rate of stage 2."""
    warm_up = min(1.0, (step + 1) / 50)
    falling = 0.5 * (1 + math.cos(math.pi * step / config.fit))
    return warm_up * (config.learning_rate + (_LEARNING_RATE - config.learning_rate) * falling)


def settles(config: Stage2Config, step: int) -> bool:
    """Whether batch norm uses its running statistics at a step of the fit."""
    return step >= _SETTLE_FROM * config.fit
