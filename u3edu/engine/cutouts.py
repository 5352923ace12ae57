"""Draws boxes of pictures from nothing but the labels around them; what a shared engine does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
from torch import Tensor

from u3edu.editing.box import Box
from u3edu.engine.appearance import LEARNED, Appearance
from u3edu.engine.parts import Part
from u3edu.engine.regions import RegionUNet
from u3edu.model.decoder import Decoder
from u3edu.model.quantizer import Quantizer


@dataclass(frozen=True, eq=False)
class Cutout:
    """Labels cut from a label map, and which pixels are asked for.

    Parameters
    ----------
    labels : uint8 [h, w]
        Sides are multiples of the decoder's stride.
    corner : (row, column)
        Where the labels begin in the picture; multiples of the stride.
    box : Box
        The pixels that are asked for, in the picture. The labels reach at least the decoder's halo
        beyond, or to the picture's border.
    appearance : Appearance
        How the picture is to be drawn.
    """

    labels: np.ndarray
    corner: tuple[int, int]
    box: Box
    appearance: Appearance = LEARNED

    @property
    def inside(self) -> Box:
        """The box in the coordinates of the labels."""
        (top, left), (rows, columns) = self.corner, self.labels.shape
        return self.box.relative_to(Box(top, left, top + rows, left + columns))


class CutoutDecoder:
    """From cut-out labels to pixels, those of decoding the whole map.

    Nothing is remembered from one call to the next. Not safe to call from several threads at once.

    Parameters
    ----------
    decoder : Decoder
        Trained; it is taken over.
    quantizer : Quantizer
        Holds the elements' means.
    """

    def __init__(self, decoder: Decoder, quantizer: Quantizer) -> None:
        self._device = quantizer.means.device
        self._network = RegionUNet.of(decoder, quantizer)

    def decode(self, cutouts: Sequence[Cutout]) -> list[np.ndarray]:
        """Pixels float32 in [-1, 1], of the shape of each cutout's box.

        On a GPU, cutouts of one shape are drawn together; on a processor one by one, which keeps
        to its caches and to what each box depends on (measured: 30 ms each, 120 ms together).
        """
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, cutout in enumerate(cutouts):
            groups[cutout.labels.shape if self._device.type != "cpu" else (number,)].append(number)
        pixels = {
            number: drawn
            for numbers in groups.values()
            for number, drawn in zip(numbers, self.decode_alike([cutouts[n] for n in numbers]), strict=True)
        }
        return [pixels[number] for number in range(len(cutouts))]

    @torch.inference_mode()
    def decode_alike(self, cutouts: Sequence[Cutout]) -> list[np.ndarray]:
        """As `decode`, for cutouts of one shape, all of them together."""
        labels = np.stack([cutout.labels for cutout in cutouts]).astype(np.int32) + 1
        shifted = torch.from_numpy(labels)[:, None].to(self._device)
        rows, columns = cutouts[0].labels.shape
        outputs = torch.empty(len(cutouts), rows, columns, device=self._device)

        def write(box: Box, values: Tensor) -> None:
            outputs[:, *box.slices] = values[:, 0].clamp_(-1, 1)

        asked = reduce(Box.union, [cutout.inside for cutout in cutouts])
        maps = self._network.new_maps((rows, columns), len(cutouts))
        parts = tuple(Part(*cutout.corner, cutout.appearance) for cutout in cutouts)
        self._network.draw(maps, asked, lambda box: shifted[:, :, *box.slices], write, parts)
        return [
            drawn[cutout.inside.slices].cpu().numpy().copy()
            for cutout, drawn in zip(cutouts, outputs, strict=True)
        ]
