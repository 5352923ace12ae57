"""What stage 2 sees in one step: crops, their labels, and everything else that is drawn by chance."""

from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from torch import Tensor

from u3edu.model.spacing import spacing_code
from u3edu.training.data import LabelledCrops, step_generator
from u3edu.training.losses.cutmix import draw_cutmix
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.transforms.label_jitter import draw_label_jitter


@dataclass(frozen=True, eq=False)
class Stage2Batch:
    """What one process sees in one step.

    Parameters
    ----------
    images : float32 [B, 1, H, W]
    true_labels : int64 [B, H, W]
        Those of the images.
    labels : int64 [B, H + 2 halo, W + 2 halo]
        To decode, with the halo of the settings; jittered where they say so.
    noise_seeds : int64 [B]
        A grain of its own for each image.
    grain : float32 [B]
        How strong it is to be.
    spacing_codes : float32 [B]
        What the decoder is told of their pixels' size; see `u3edu.model.spacing`.
    foreground : float32 [B]
        Share of each image that is foreground.
    is_real : bool [B, 1, H, W]
        Where the images for CutMix are real.
    """

    images: Tensor
    true_labels: Tensor
    labels: Tensor
    noise_seeds: Tensor
    grain: Tensor
    spacing_codes: Tensor
    foreground: Tensor
    is_real: Tensor

    def without_halo(self, decoded: Tensor) -> Tensor:
        """What lies over the images of something decoded from `labels`, [..., H, W]."""
        return _middle(decoded, self.images.shape[-1])


def draw_batch(config: Stage2Config, crops: LabelledCrops, step: int, fabric: Fabric) -> Stage2Batch:
    """Draw the batch of all processes, the same on each, and keep the part of this one.

    So P processes with a batch of B see in each step what one process with P B sees.
    """
    generator = step_generator(config.seed, step)
    size, side = config.batch * fabric.world_size, config.crop
    images, unjittered, grain, spacings = crops.batch(size, generator)
    mirrored = torch.rand(size, generator=generator) < config.flip
    codes = torch.tensor([spacing_code(one, config.spacings) for one in spacings])
    images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    unjittered = torch.where(mirrored[:, None, None], unjittered.flip(2), unjittered)
    labelled = unjittered.shape[-1]
    labels = draw_label_jitter(config.label_jitter, size, labelled, labelled, generator).apply(unjittered)
    true_labels = _middle(unjittered, side)
    seeds = torch.randint(2**32, (size,), generator=generator)
    foreground = foreground_share(images, config)
    is_real = draw_cutmix(size, side, generator)
    first = config.batch * fabric.global_rank
    everything = (images, true_labels, labels, seeds, grain, codes, foreground, is_real)
    return Stage2Batch(*(values[first : first + config.batch].to(fabric.device) for values in everything))


def _middle(values: Tensor, side: int) -> Tensor:
    first = (values.shape[-1] - side) // 2
    return values[..., first : first + side, first : first + side]


def foreground_share(images: Tensor, config: Stage2Config) -> Tensor:
    """Share of each image [B, 1, H, W] that is foreground, float32 [B]."""
    return (images > config.foreground_above).float().mean(dim=(1, 2, 3))
