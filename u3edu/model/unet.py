"""The U-Net that encoder and decoder share: local by construction, and it knows its own reach."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from u3edu.model.config import Pooling
from u3edu.model.grain import MARGIN, Grain
from u3edu.model.noise import GRAIN_LEVEL, NoiseInput, NoiseSource
from u3edu.model.norm import BatchNorm2d
from u3edu.model.spacing import SpacingInput

# Of a block, as in the paper's networks, where nothing else is said.
CONVOLUTIONS = 2


class ConvBlock(nn.Sequential):
    """3 x 3 convolutions, each with batch norm and a leaky ReLU.

    Batch norm uses running statistics at inference, so that a pixel never depends on the
    whole picture (instance norm would let a small edit change every pixel).

    Parameters
    ----------
    in_channels, out_channels : int
    convolutions : int
    """

    def __init__(self, in_channels: int, out_channels: int, convolutions: int = CONVOLUTIONS) -> None:
        super().__init__()
        for channels in (in_channels, *[out_channels] * (convolutions - 1)):
            self.append(nn.Conv2d(channels, out_channels, kernel_size=3, padding=1, bias=False))
            self.append(BatchNorm2d(out_channels))
            self.append(nn.LeakyReLU(0.1, inplace=True))

    def reach(self) -> int:
        """How far a changed input pixel is felt, in pixels of this level."""
        return sum(layer.kernel_size[0] // 2 for layer in self if isinstance(layer, nn.Conv2d))


class UNet(nn.Module):
    """Pooling on the way down, nearest upsampling and skip connections on the way up.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of input and output.
    widths : tuple of int
        Channels of each level, finest first.
    noise_inputs : bool
        Whether each level has a noise input.
    grain_filters : int
        Filters of the grain that is added to the outputs; 0 for none.
    spacing_inputs : bool
        Whether each level on the way down is told the pixel spacing.
    pooling : str
        ``"max"`` or ``"average"``.
    convolutions : tuple of int
        How many each block of a level has, finest level first; two everywhere if empty.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        widths: tuple[int, ...],
        noise_inputs: bool = False,
        grain_filters: int = 0,
        spacing_inputs: bool = False,
        pooling: Pooling = "max",
        convolutions: tuple[int, ...] = (),
    ) -> None:
        super().__init__()
        convolutions = convolutions or (CONVOLUTIONS,) * len(widths)
        self.pool = functional.max_pool2d if pooling == "max" else functional.avg_pool2d
        self.down = nn.ModuleList(
            ConvBlock(above, width, count)
            for above, width, count in zip((in_channels, *widths), widths, convolutions, strict=False)
        )
        # Channels are reduced before upsampling: the same map, a quarter of the work.
        self.reduce = nn.ModuleList(
            nn.Conv2d(below, width, kernel_size=1) for width, below in pairwise(widths)
        )
        self.up = nn.ModuleList(
            ConvBlock(2 * width, width, count)
            for width, count in zip(widths[:-1], convolutions, strict=False)
        )
        self.head = nn.Conv2d(widths[0], out_channels, kernel_size=1)
        self.noise = nn.ModuleList(NoiseInput(width) for width in widths if noise_inputs)
        self.grain = Grain(widths[0], grain_filters) if grain_filters else None
        self.spacing = nn.ModuleList(SpacingInput(width) for width in widths if spacing_inputs)

    @property
    def stride(self) -> int:
        """Side of the square of pixels that the coarsest level sees as one."""
        return int(2 ** len(self.up))

    def reach(self) -> int:
        """How far beyond a box aligned to `stride` a change inside it is felt, in pixels.

        The widest path runs through the coarsest level: each block adds its own reach in
        pixels of its level, and pooling rounds outwards to whole pixels of the next.
        """
        blocks = [*self.down, *reversed(self.up)]
        sides = [2**level for level in range(len(self.down))]
        sides += sides[-2::-1]
        reach = 0
        for block, side in zip(blocks, sides, strict=True):
            reach = -(-reach // side) * side + block.reach() * side
        return int(reach)

    def forward(
        self,
        images: Tensor,
        noise: NoiseSource | None = None,
        apart: bool = False,
        spacing_codes: Tensor | None = None,
    ) -> Tensor:
        """[B, in_channels, H, W] to [B, out_channels, H, W]; H and W are multiples of `stride`.

        A U-Net with noise inputs or grain takes their noise from `noise`, one with spacing inputs
        the `spacing_code` of each image, float32 [B], from `spacing_codes`. Where they are wanted
        `apart`, the outputs without grain come first, and then the grain, [B, 2 out_channels, H, W].
        """
        skips: list[Tensor] = []
        features = images
        for level, block in enumerate(self.down):
            if level:
                features = self.pool(features, 2)
            features = block(features)
            if self.spacing and spacing_codes is not None:
                features = self.spacing[level](features, spacing_codes)
            if self.noise and noise:
                features = self.noise[level](features, noise(level, *features.shape[2:]))
            skips.append(features)
        for level in reversed(range(len(self.up))):
            features = functional.interpolate(self.reduce[level](features), scale_factor=2.0, mode="nearest")
            features = self.up[level](torch.cat([skips[level], features], dim=1))
        # Rounded as bf16 autocast does it, lungs would get a noise of 1 HU that pictures drawn later lack.
        with torch.autocast(features.device.type, enabled=False):
            features = features.float()
            outputs: Tensor = self.head(features)
            if self.grain is None or noise is None:
                return torch.cat([outputs, torch.zeros_like(outputs)], dim=1) if apart else outputs
            textures = self.grain.textures(noise(GRAIN_LEVEL, *images.shape[2:], MARGIN))
            grain = self.grain(features, textures)
        return torch.cat([outputs, grain], dim=1) if apart else outputs + grain
