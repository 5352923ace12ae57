"""A U-Net that computes boxes of its features: what a change reaches, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce

import torch
from torch import Tensor, nn
from torch.nn import functional

from u3edu.editing.box import Box
from u3edu.engine.appearance import LEARNED, Appearance
from u3edu.engine.block import RegionBlock
from u3edu.engine.convolution import pointwise
from u3edu.engine.crops import crop, doubled, halved, shape_of
from u3edu.engine.parts import Part, Parts, Source, by_element, noise_in
from u3edu.engine.threads import side_by_side
from u3edu.engine.up_block import UpBlock
from u3edu.model.decoder import Decoder
from u3edu.model.noise import GRAIN_LEVEL, NoiseFields, NoiseInput
from u3edu.model.quantizer import Quantizer
from u3edu.model.spacing import SpacingInput, spacing_code
from u3edu.model.unet import ConvBlock, UNet

# A box is computed in bands of about as many bytes a layer as a processor core's cache holds.
_BAND_BYTES = 2**22
# From this many products on, some 3 ms of them, a box is worth two threads (measured: the coarse
# levels of a picture of 512 x 512 are, no level of a stroke of 64 pixels is).
_SHARED_PRODUCTS = 2**27

# What takes the outputs of a box.
Sink = Callable[[Box, Tensor], None]


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """Features of a picture, or of several drawn together, [B, C, H, W] at each level, finest first.

    Parameters
    ----------
    down, up : tuple of Tensor
        After the blocks on the way down, and on the way up. Of the way up the finest level is
        missing: it is used up at once.
    """

    down: tuple[Tensor, ...]
    up: tuple[Tensor, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the finest level."""
        return shape_of(self.down[0])

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(one.numel() * one.element_size() for one in (*self.down, *self.up))


class RegionUNet:
    """Computes what `UNet.forward` does, a box at a time and level by level.

    How far a change reaches at each level follows from the layers themselves: a block widens the
    box by its reach, pooling rounds it outwards. Nothing outside is computed; what a block needs
    from there is read from the features that are kept.

    Parameters
    ----------
    unet : UNet
        Trained; its batch norms are folded into its convolutions.
    noise : NoiseFields, optional
        For a U-Net with noise inputs.
    means : float32 [K, D], optional
        The elements' means, for a U-Net whose inputs are labels (see `LabelConvolution`).
    spacings : (smallest, largest), optional
        In mm, that a U-Net with spacing inputs has learned.
    """

    def __init__(
        self,
        unet: UNet,
        noise: NoiseFields | None = None,
        means: Tensor | None = None,
        spacings: tuple[float, float] | None = None,
    ) -> None:
        first, *others = [block for block in unet.down if isinstance(block, ConvBlock)]
        self._down = [RegionBlock(first, means), *map(RegionBlock, others)]
        self._up = [
            UpBlock(block, reduce)
            for block, reduce in zip(unet.up, unet.reduce, strict=True)
            if isinstance(block, ConvBlock) and isinstance(reduce, nn.Conv2d)
        ]
        self._strengths = [layer.strength for layer in unet.noise if isinstance(layer, NoiseInput)]
        self._head, self._grain = unet.head, unet.grain
        self._pool = _max_pool if unet.pool is functional.max_pool2d else unet.pool
        self._noise = noise
        self._spacing = [layer for layer in unet.spacing if isinstance(layer, SpacingInput)]
        self._spacings = spacings

    @classmethod
    def of(cls, decoder: Decoder, quantizer: Quantizer) -> "RegionUNet":
        """Of a decoder, from labels to pixels."""
        return cls(decoder.unet, decoder.noise_fields(), quantizer.means, decoder.learned_spacings)

    def __call__(self, images: Tensor) -> Tensor:
        """[1, in_channels, H, W] to [1, out_channels, H, W]; H and W are multiples of the stride."""
        shape = shape_of(images)
        outputs = images.new_empty(1, self._head.out_channels, *shape)

        def write(box: Box, values: Tensor) -> None:
            crop(outputs, box).copy_(values)

        maps = self.new_maps(shape)
        self.refresh(maps, Box.whole(shape), lambda box: crop(images, box), write)
        return outputs

    def new_maps(self, shape: tuple[int, int], count: int = 1) -> FeatureMaps:
        """Room for the features of `count` pictures of `shape`, whose sides are multiples of the stride."""
        weight = self._head.weight

        def room(level: int, channels: int) -> Tensor:
            sides = [side >> level for side in shape]
            layout = self._down[level].memory_format
            return torch.empty(
                count, channels, *sides, dtype=weight.dtype, device=weight.device, memory_format=layout
            )

        widths = [block.out_channels for block in self._down]
        down = tuple(room(level, width) for level, width in enumerate(widths))
        up = tuple(room(level, width) for level, width in enumerate(widths[:-1]) if level > 0)
        return FeatureMaps(down, up)

    def reached(self, box: Box, shape: tuple[int, int]) -> Box:
        """What a change of the inputs inside `box` reaches in the outputs of a picture of `shape`."""
        return self._reached(box, shape)[-1]

    def refresh(
        self,
        maps: FeatureMaps,
        box: Box,
        source: Source,
        sink: Sink,
        appearance: Appearance = LEARNED,
    ) -> None:
        """Compute everything that depends on the inputs inside `box`.

        Parameters
        ----------
        maps : FeatureMaps
            Right for the inputs outside the box; changed to what goes with those inside.
        box : Box
            In the picture.
        source : callable
            From a box to the inputs there, [1, in_channels, h, w]; for labels [1, 1, h, w].
        sink : callable
            Takes the outputs, a box and [1, out_channels, h, w] at a time.
        appearance : Appearance
            That of the features kept; grain by element only where the inputs are labels.
        """
        self._compute(maps, self._reached(box, maps.shape), source, sink, (Part(appearance=appearance),))

    def draw(self, maps: FeatureMaps, box: Box, source: Source, sink: Sink, parts: Parts) -> None:
        """Compute the outputs inside `box`, and of the features what they depend on.

        Parameters
        ----------
        maps : FeatureMaps
            Room for the features; nothing is read that was there before.
        box, source, sink
            As for `refresh`.
        parts : tuple of Part
            One for each picture of the batch; where they begin are multiples of the stride.
        """
        self._compute(maps, self._needed(box, maps.shape), source, sink, parts)

    def _compute(self, maps: FeatureMaps, boxes: list[Box], source: Source, sink: Sink, parts: Parts) -> None:
        """Compute one box after each block, on the way down and then on the way up."""
        below = maps.down[-1]
        with side_by_side() as each:
            for level, block in enumerate(self._down):
                work = partial(self._compute_down, maps, level, source, sink, parts)
                each(work, self._bands(boxes[level], block))
            for level, box in zip(reversed(range(len(self._up))), boxes[len(self._down) :], strict=True):
                work = partial(self._compute_up, maps, level, below, source, sink, parts)
                each(work, self._bands(box, self._up[level]))
                below = maps.up[level - 1] if level else below

    def _compute_down(
        self, maps: FeatureMaps, level: int, source: Source, sink: Sink, parts: Parts, box: Box
    ) -> None:
        """A box of a level on the way down."""
        block, shape = self._down[level], shape_of(maps.down[level])
        needed = box.grow(block.reach).clip(shape)
        inputs = self._pool(crop(maps.down[level - 1], doubled(needed)), 2) if level else source(needed)
        values = block(inputs, needed, box, shape)
        if self._spacing:
            codes = [spacing_code(part.appearance.spacing, self._spacings) for part in parts]
            factors, offsets = self._spacing[level].changes(torch.tensor(codes, device=values.device))
            values = values.mul_(factors).add_(offsets)
        if self._noise is not None and self._strengths:
            strength = pointwise(self._strengths[level], values, block.format_for(box))
            noise = noise_in(self._noise, level, shape, parts, box)
            values = values.addcmul_(strength, by_element(noise, source, level, parts, box))
        crop(maps.down[level], box).copy_(values)
        if not self._up:
            sink(box, self._outputs(values, shape, source, parts, box))

    def _compute_up(
        self, maps: FeatureMaps, level: int, below: Tensor, source: Source, sink: Sink, parts: Parts, box: Box
    ) -> None:
        """A box of a level on the way up, from the features of the level below."""
        values = self._up[level](maps.down[level], below, box)
        if level:
            crop(maps.up[level - 1], box).copy_(values)
        else:
            sink(box, self._outputs(values, maps.shape, source, parts, box))

    def _outputs(
        self, values: Tensor, shape: tuple[int, int], source: Source, parts: Parts, box: Box
    ) -> Tensor:
        """The outputs in a box of the finest level, from its features."""
        outputs = pointwise(self._head, values, torch.channels_last)
        if self._grain is None or self._noise is None:
            return outputs
        strengths = pointwise(self._grain.strength, values, torch.channels_last)
        textures = noise_in(self._noise, GRAIN_LEVEL, shape, parts, box)
        grain = (strengths * textures).sum(dim=1, keepdim=True)
        return outputs.add_(by_element(grain, source, 0, parts, box))

    def _reached(self, box: Box, shape: tuple[int, int]) -> list[Box]:
        """The changed box after each block, on the way down and then on the way up."""
        shapes = [(shape[0] >> level, shape[1] >> level) for level in range(len(self._down))]
        reached: list[Box] = []
        for level, block in enumerate(self._down):
            changed = halved(reached[-1]) if level else box
            reached.append(changed.grow(block.reach).clip(shapes[level]))
        for level in reversed(range(len(self._up))):
            changed = doubled(reached[-1]).union(reached[level])
            reached.append(changed.grow(self._up[level].reach).clip(shapes[level]))
        return reached

    def _needed(self, box: Box, shape: tuple[int, int]) -> list[Box]:
        """What outputs inside `box` depend on after each block, on the way down and then on the way up."""
        shapes = [(shape[0] >> level, shape[1] >> level) for level in range(len(self._down))]
        up = [box]
        for block, sides in zip(self._up, shapes, strict=False):
            up.append(halved(up[-1].grow(block.reach).clip(sides)))
        down = [up.pop()]
        for level in reversed(range(len(self._up))):
            pooled = doubled(down[0].grow(self._down[level + 1].reach).clip(shapes[level + 1]))
            beside = up[level].grow(self._up[level].reach).clip(shapes[level])
            down.insert(0, pooled.union(beside))
        return [*down, *reversed(up)]

    def _bands(self, box: Box, block: RegionBlock | UpBlock) -> Iterator[Box]:
        """The box in bands of rows that stay in a processor's cache; whole on other devices."""
        rows, columns = box.shape
        height = rows
        if self._head.weight.device.type == "cpu":
            bands = -(-rows * columns * block.pixel_bytes // _BAND_BYTES)
            if rows * columns * block.products >= _SHARED_PRODUCTS:
                # An even number, for two cores.
                bands += bands % 2
            # Six rows are one row of Winograd's tiles; a block's first layer runs two rows ahead.
            height = -(-(-(-rows // bands) + 2) // 6) * 6 - 2
        for top in range(box.top, box.bottom, height):
            yield Box(top, box.left, min(top + height, box.bottom), box.right)


def _max_pool(features: Tensor, side: int) -> Tensor:
    """`max_pool2d`, which torch has a slow loop for where pixels lie side by side (measured: 6 times)."""
    rows = reduce(torch.maximum, [features[:, :, offset::side] for offset in range(side)])
    return reduce(torch.maximum, [rows[..., offset::side] for offset in range(side)])
