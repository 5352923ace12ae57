"""The engine in the kernel: segmentation and synthesis on this machine's processor or GPU."""

import threading
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice
from u3edu.model.card import ModelCard
from u3edu.model.u3net import U3Net
from u3edu.model.unet import UNet
from u3edu.model.weights import load_weights, weights_path


class LocalEngine:
    """Runs a U3-Net in this process.

    Parameters
    ----------
    network : U3Net
        Trained; the engine takes it over.
    card : ModelCard
        Name and elements of the model.
    device : str, optional
        ``"cuda"``, ``"mps"`` or ``"cpu"``; by default the first of them that there is.
    """

    def __init__(self, network: U3Net, card: ModelCard, device: str | None = None) -> None:
        self.name = card.name
        self.card = card
        self.elements = card.label_elements()
        self.device = torch.device(device or _fastest_device())
        network = network.to(device=self.device).to_channels_last().eval().requires_grad_(False)
        self._encoder, self._decoder = network.encoder, network.decoder
        for unet in (self._encoder.features, self._decoder.unet):
            _fold_norms(unet)
        unet = self._decoder.unet
        # The nearest box on the network's grid may begin up to one stride before the edit.
        self.halo = unet.reach() + unet.stride - 1
        self._lock = threading.Lock()

    def segment(self, picture: Slice) -> LabelMap:
        """The anatomical elements of a slice (paper section 2.3).

        Raises
        ------
        ValueError
            If the picture's modality is not the model's.
        """
        modality = picture.acquisition.modality
        if modality not in (self.card.modality, "OT"):
            raise ValueError(
                f"the model {self.name!r} is for {self.card.modality}; this picture is {modality}"
            )
        images = torch.from_numpy(_pad(picture.pixels, self._encoder.features.stride))[None, None]
        with self._lock, torch.inference_mode():
            labels = self._encoder.segment(self._place(images))[0].cpu().numpy()
        rows, columns = picture.shape
        return LabelMap(labels[:rows, :columns].astype(np.uint8), self.elements, picture.acquisition)

    def synthesize(self, label_map: LabelMap) -> Slice:
        """The picture that goes with a label map, every pixel from the decoder."""
        pixels = self._decode(_pad(label_map.labels, self._decoder.unet.stride))
        rows, columns = label_map.shape
        return Slice(pixels[:rows, :columns], replace(label_map.acquisition, synthetic=True))

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        """The picture that goes with a label map that changed only inside `box`.

        Decodes the pixels that the change can reach, with as much again around them as the
        decoder looks at, so that the result is that of decoding everything.

        Raises
        ------
        ValueError
            If picture, label map and box do not fit each other.
        """
        if previous.shape != label_map.shape:
            raise ValueError(f"a picture of {previous.shape} can't precede a label map of {label_map.shape}")
        box = box.clip(label_map.shape)
        unet = self._decoder.unet
        labels = _pad(label_map.labels, unet.stride)
        changed = box.align(unet.stride).grow(unet.reach()).clip(label_map.shape)
        needed = (
            changed.align(unet.stride)
            .grow(unet.reach())
            .align(unet.stride)
            .clip((labels.shape[0], labels.shape[1]))
        )
        decoded = self._decode(labels[needed.slices], needed.top, needed.left)
        pixels = previous.pixels.copy()
        pixels[changed.slices] = decoded[changed.relative_to(needed).slices]
        return previous.with_pixels(pixels, synthetic=True)

    def _decode(self, labels: np.ndarray, top: int = 0, left: int = 0) -> np.ndarray:
        """Pixels float32 [H, W] of labels uint8 [H, W] whose sides are multiples of the stride.

        `top` and `left` are the place of the labels in the whole picture.
        """
        indices = torch.from_numpy(labels.astype(np.int64))[None].to(self.device)
        with self._lock, torch.inference_mode():
            quantized = self._encoder.quantizer.look_up(indices)
            quantized = quantized.contiguous(memory_format=torch.channels_last)
            images: Tensor = self._decoder(quantized, top=top, left=left)
        return images[0, 0].clamp(-1, 1).cpu().numpy()

    def _place(self, images: Tensor) -> Tensor:
        return images.to(self.device).contiguous(memory_format=torch.channels_last)

    def __repr__(self) -> str:
        return f"LocalEngine({self.name!r}, {len(self.elements)} elements)"


def load_engine(name: str, device: str | None = None) -> LocalEngine:
    """Load a model by its name, for example ``"pelvic-mri"``, or by the path of its weights.

    Parameters
    ----------
    name : str
        One of `u3edu.model.weights.shipped_models`, or a ``.safetensors`` file.
    device : str, optional
        ``"cuda"``, ``"mps"`` or ``"cpu"``; by default the first of them that there is.

    Raises
    ------
    UnusableWeights
        If there is no such model, or its files are damaged.
    """
    network, card = load_weights(weights_path(name))
    return LocalEngine(network, card, device)


def _fastest_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _pad(array: np.ndarray, stride: int) -> np.ndarray:
    """[H, W] with its last row and column repeated up to multiples of `stride`."""
    missing = [(0, -length % stride) for length in array.shape]
    return np.pad(array, missing, mode="edge")


def _fold_norms(unet: UNet) -> None:
    """Fold batch norms into the convolutions before them: the same function, less work."""
    for block in [*unet.down, *unet.up]:
        for index, layer in enumerate(block):
            if isinstance(layer, nn.BatchNorm2d):
                block[index - 1] = fuse_conv_bn_eval(block[index - 1], layer)
                block[index] = nn.Identity()
