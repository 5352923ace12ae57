"""Decodes label maps, and remembers the features of the last pictures for the next change."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
from torch import Tensor

from u3edu.editing.box import Box
from u3edu.engine.appearance import LEARNED, Appearance
from u3edu.engine.changes import changed_boxes
from u3edu.engine.padding import pad_to_stride
from u3edu.engine.regions import FeatureMaps, RegionUNet
from u3edu.model.decoder import Decoder
from u3edu.model.quantizer import Quantizer

# Features of the last pictures are kept up to this many bytes, those of the last one always:
# the compact network has 68 MB of them for a picture of 512 x 512.
_REMEMBERED_BYTES = 3 * 10**8


@dataclass(frozen=True, eq=False)
class _Remembered:
    """A label map, uint8 [H, W], and its appearance; features and pixels, float32 [H, W], of them."""

    labels: np.ndarray
    appearance: Appearance
    maps: FeatureMaps
    pixels: Tensor


class PictureDecoder:
    """From label maps to pixels: whole, or only what a change reaches.

    Not safe to call from several threads at once.

    Parameters
    ----------
    decoder : Decoder
        Trained; it is taken over.
    quantizer : Quantizer
        Holds the elements' means.
    """

    def __init__(self, decoder: Decoder, quantizer: Quantizer) -> None:
        device = quantizer.means.device
        self._network = RegionUNet.of(decoder, quantizer)
        self._device = device
        # On a GPU to begin a box takes as long as to draw a picture (measured: 3 ms for all of
        # 512 x 512, 11 ms for a stroke and what else had changed since).
        self._draws_at_once = device.type != "cpu"
        self._pictures: list[_Remembered] = []
        self.stride = decoder.unet.stride
        # The nearest box on the network's grid may begin up to one stride before the edit.
        self.halo = decoder.unet.reach() + self.stride - 1

    def decode(self, labels: np.ndarray, appearance: Appearance = LEARNED) -> np.ndarray:
        """Pixels float32 [H, W] in [-1, 1] of labels uint8 [H, W], every one computed anew.

        `appearance` is how the picture is to be drawn.
        """
        padded = pad_to_stride(labels, self.stride)
        picture = self._take_room(padded.shape)
        self._refresh(picture, padded, appearance, [Box.whole(padded.shape)])
        return _read(picture, Box.whole(labels.shape))

    def decode_box(
        self, labels: np.ndarray, box: Box, appearance: Appearance = LEARNED
    ) -> tuple[Box, np.ndarray]:
        """The pixels that a change of labels inside a box can reach.

        Computes anew what depends on labels that differ from those of the picture remembered that
        is most like it; everything where none is remembered.

        Parameters
        ----------
        labels : uint8 [H, W]
            After the change.
        box : Box
            Inside the picture.
        appearance : Appearance
            As for `decode`.

        Returns
        -------
        reached : Box
        pixels : float32, of the shape of `reached`
        """
        padded = pad_to_stride(labels, self.stride)
        whole = Box.whole(padded.shape)
        alike = self._most_alike(padded, appearance)
        if alike is None:
            picture, changed = self._take_room(padded.shape), [whole]
        else:
            # Taken out, so that one left half-way by an error is not met again.
            picture = self._pictures.pop(alike)
            changed = changed_boxes(picture.labels, padded, 2 * self.halo)
            if self._draws_at_once and changed:
                changed = [reduce(Box.union, changed)]
            if sum(_area(self._network.reached(one, padded.shape)) for one in changed) > _area(whole):
                changed = [whole]
        self._refresh(picture, padded, appearance, changed)
        reached = self._network.reached(box.align(self.stride).clip(padded.shape), padded.shape)
        reached = reached.clip(labels.shape)
        return reached, _read(picture, reached)

    def _refresh(
        self, picture: _Remembered, labels: np.ndarray, appearance: Appearance, changed: list[Box]
    ) -> None:
        """Compute what depends on the labels in some boxes, and remember the picture as the last."""

        def labels_in(box: Box) -> Tensor:
            # One more than the index: 0 is what lies outside of the picture.
            shifted = labels[box.slices].astype(np.int32) + 1
            return torch.from_numpy(shifted)[None, None].to(self._device)

        def write(box: Box, values: Tensor) -> None:
            picture.pixels[box.slices] = values[0, 0].clamp_(-1, 1)

        for box in changed:
            self._network.refresh(picture.maps, box, labels_in, write, appearance)
        self._pictures.insert(0, _Remembered(labels, appearance, picture.maps, picture.pixels))
        while len(self._pictures) > 1 and self._kept() > _REMEMBERED_BYTES:
            self._pictures.pop()

    def _most_alike(self, labels: np.ndarray, appearance: Appearance) -> int | None:
        """Index of the picture remembered whose labels differ least, None if none is of the same kind."""
        differing = {
            index: int(np.count_nonzero(picture.labels != labels))
            for index, picture in enumerate(self._pictures)
            if picture.labels.shape == labels.shape and picture.appearance == appearance
        }
        return min(differing, key=differing.__getitem__) if differing else None

    def _take_room(self, shape: tuple[int, ...]) -> _Remembered:
        """Room for a picture: that of the oldest of its shape where more would be too much, else new."""
        same = [picture for picture in self._pictures if picture.labels.shape == shape]
        if same and self._kept() + same[-1].maps.size > _REMEMBERED_BYTES:
            self._pictures.remove(same[-1])
            return same[-1]
        maps = self._network.new_maps((shape[0], shape[1]))
        pixels = torch.empty(shape, device=maps.down[0].device)
        return _Remembered(np.empty(shape, np.uint8), LEARNED, maps, pixels)

    def _kept(self) -> int:
        return sum(picture.maps.size for picture in self._pictures)


def _read(picture: _Remembered, box: Box) -> np.ndarray:
    """A copy of the pixels in a box."""
    return picture.pixels[box.slices].cpu().numpy().copy()


def _area(box: Box) -> int:
    rows, columns = box.shape
    return rows * columns
