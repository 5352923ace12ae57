"""What stage 1 sees in one step: two transformed views of each crop."""

from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from torch import Tensor

from u3edu.training.data import CropSampler
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.transforms.geometric import Geometry, draw_geometry
from u3edu.training.transforms.photometric import draw_photometry


@dataclass(frozen=True, eq=False)
class Stage1Batch:
    """What one process sees in one step: first views of all its crops, then second views.

    Parameters
    ----------
    views : float32 [2 B, 1, H, W]
        Transformed geometrically, then photometrically: what the encoder sees.
    clean : float32 [2 B, 1, H, W]
        Transformed geometrically alone: what the decoder is to draw.
    geometries : pair of Geometry
        Of the first views and of the second.
    """

    views: Tensor
    clean: Tensor
    geometries: tuple[Geometry, Geometry]


def draw_batch(
    config: Stage1Config, crops: CropSampler, generator: torch.Generator, fabric: Fabric
) -> Stage1Batch:
    """Draw the batch of all processes, the same on each, and keep the part of this one.

    So P processes with a batch of B see in each step what one process with P B sees.
    """
    size = config.batch * fabric.world_size
    own = slice(config.batch * fabric.global_rank, config.batch * (fabric.global_rank + 1))
    images = crops.batch(size, generator)[own]
    first, second = (
        draw_geometry(config.geometric, size, config.crop, generator).part(own) for _ in range(2)
    )
    # The decoder learns the clean picture: photometric changes are not part of the target.
    clean = [geometry.apply(images) for geometry in (first, second)]
    views = [draw_photometry(config.photometric, size, generator).part(own).apply(view) for view in clean]
    return Stage1Batch(
        torch.cat(views).to(fabric.device).contiguous(memory_format=torch.channels_last),
        torch.cat(clean).to(fabric.device),
        (first, second),
    )
