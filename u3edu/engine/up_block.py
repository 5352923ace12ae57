"""A block on the way up: skip features and coarser ones, in a box."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from u3edu.editing.box import Box
from u3edu.engine.block import RegionBlock, folded
from u3edu.engine.convolution import Convolution, pointwise
from u3edu.engine.crops import crop, crop_and_padding, doubled, halved, shape_of
from u3edu.engine.upsampled import UpsampledConvolution, corners
from u3edu.model.unet import ConvBlock


class UpBlock:
    """Computes a box of what a U-Net does at one level of its way up.

    Parameters
    ----------
    block : ConvBlock
        Trained; its batch norms are folded into its convolutions.
    reduce : nn.Conv2d
        1 x 1: makes as few channels of the coarser features as the skip features have.
    """

    def __init__(self, block: ConvBlock, reduce: nn.Conv2d) -> None:
        self._reduce = reduce
        self._whole = RegionBlock(block)
        self.reach, self.pixel_bytes = self._whole.reach, self._whole.pixel_bytes
        self.products = self._whole.products
        self.memory_format = self._whole.memory_format
        # Where channels lie side by side, coarse pixels need not be written out finely.
        self._parts = None if self._whole.winograd else _parts(block)

    def __call__(self, skip: Tensor, below: Tensor, box: Box) -> Tensor:
        """Outputs [B, C, h, w] in a box.

        Parameters
        ----------
        skip, below : Tensor
            Features of the whole picture at this level and at the next coarser one.
        box : Box
            In the picture at this level.
        """
        if self._parts is None:
            return self._beside(skip, below, box)
        first, second = self._parts
        # The convolution computes the pixels around corners of coarse ones.
        around = box.align(2).grow(1)
        coarse, padding = crop_and_padding(below, corners(around))
        reduced = pointwise(self._reduce, coarse, torch.channels_last)
        # Outside of the picture there are zeros, also where the reduction has a bias.
        reduced = _zeros_outside(
            functional.pad(reduced, (padding[1], padding[1], padding[0], padding[0])),
            corners(around),
            shape_of(below),
        )
        values = second(_zeros_outside(first(skip, reduced, around), around, shape_of(skip)), (0, 0))
        return crop(values, box.relative_to(around.grow(-1)))

    def _beside(self, skip: Tensor, below: Tensor, box: Box) -> Tensor:
        """Both features beside each other, upsampled before."""
        needed = box.grow(self.reach).clip(shape_of(skip))
        coarse = halved(needed)
        memory_format = self._whole.format_for(box)
        reduced = pointwise(self._reduce, crop(below, coarse), memory_format)
        upsampled = functional.interpolate(reduced, scale_factor=2.0, mode="nearest")
        upsampled = crop(upsampled, needed.relative_to(doubled(coarse)))
        inputs = torch.cat([crop(skip, needed), upsampled], dim=1)
        return self._whole(inputs, needed, box, shape_of(skip))


def _parts(block: ConvBlock) -> tuple[UpsampledConvolution, Convolution] | None:
    """The block's two convolutions, with the first one's inputs told apart; None if it has not two."""
    layers = folded(block)
    return (UpsampledConvolution(*layers[0]), Convolution(*layers[1])) if len(layers) == 2 else None


def _zeros_outside(features: Tensor, box: Box, shape: tuple[int, int]) -> Tensor:
    """The features of a box, with zeros written where it leaves the picture."""
    inside = box.clip(shape).relative_to(box)
    if inside != Box.whole(box.shape):
        features[:, :, : inside.top] = 0
        features[:, :, inside.bottom :] = 0
        features[:, :, :, : inside.left] = 0
        features[:, :, :, inside.right :] = 0
    return features
