"""A block of convolutions that computes one box of its outputs."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from u3edu.editing.box import Box
from u3edu.engine.convolution import LEAST_PIXELS, Convolution
from u3edu.engine.labels import LabelConvolution
from u3edu.model.unet import ConvBlock


class RegionBlock:
    """Computes what a `ConvBlock` does, in a box.

    Parameters
    ----------
    block : ConvBlock
        Trained; its batch norms are folded into its convolutions.
    means : float32 [K, D], optional
        The elements' means, for a block whose inputs are labels (see `LabelConvolution`).
    """

    def __init__(self, block: ConvBlock, means: Tensor | None = None) -> None:
        self.reach = block.reach()
        self._steps: list[Convolution | LabelConvolution] = []
        for layer, activation in folded(block):
            if means is None or self._steps:
                self._steps.append(Convolution(layer, activation))
            else:
                self._steps.append(LabelConvolution(layer, activation, means))
        self.winograd = any(isinstance(step, Convolution) and step.winograd for step in self._steps)
        self.memory_format = torch.contiguous_format if self.winograd else torch.channels_last
        weights = [step.weight for step in self._steps]
        self.out_channels = int(weights[-1].shape[0])
        # Of a pixel of all layers.
        self.products = sum(weight.numel() for weight in weights)
        # Of the widest layer.
        self.pixel_bytes = max(max(weight.shape[:2]) * weight.element_size() for weight in weights)

    def format_for(self, box: Box) -> torch.memory_format:
        """How features lie while a box is computed.

        Winograd's method wants pixels side by side and pays in large boxes; torch's own is faster
        on channels side by side.
        """
        rows, columns = box.shape
        return self.memory_format if rows * columns >= LEAST_PIXELS else torch.channels_last

    def __call__(self, inputs: Tensor, needed: Box, box: Box, shape: tuple[int, int]) -> Tensor:
        """Outputs [1, C, h, w] in a box.

        Parameters
        ----------
        inputs : Tensor
            In `needed`; may be overwritten.
        needed : Box
            The box grown by the block's reach, as far as the picture goes.
        box : Box
            Where the outputs are asked for.
        shape : tuple of int
            Rows and columns of the picture at this level, outside of which there are zeros.
        """
        memory_format = self.format_for(box)
        inputs, known = inputs.contiguous(memory_format=memory_format), needed
        for step in self._steps:
            reach = step.reach
            # Rows or columns of zeros that are needed where the box ends with the picture.
            top, bottom = reach * (known.top == 0), reach * (known.bottom == shape[0])
            left, right = reach * (known.left == 0), reach * (known.right == shape[1])
            rows, columns = min(top, bottom), min(left, right)
            if top != bottom or left != right:
                inputs = functional.pad(inputs, (left - columns, right - columns, top - rows, bottom - rows))
            inputs = step(inputs, (rows, columns), memory_format)
            known = Box(
                known.top + reach - top,
                known.left + reach - left,
                known.bottom - reach + bottom,
                known.right - reach + right,
            )
        inside = box.relative_to(known)
        return inputs[:, :, inside.top : inside.bottom, inside.left : inside.right]


def folded(block: ConvBlock) -> list[tuple[nn.Conv2d, nn.Module]]:
    """The block's convolutions, batch norms folded into them, and the activation after each."""
    layers = list(block.eval())
    steps = []
    for layer, norm, activation in zip(layers[::3], layers[1::3], layers[2::3], strict=True):
        assert isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
        steps.append((fuse_conv_bn_eval(layer, norm), activation))
    return steps
