"""The engine in the kernel: segmentation and synthesis on this machine's processor or GPU."""

import threading
from dataclasses import replace

import numpy as np
import torch

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.appearance import Appearance
from u3edu.engine.drawn import changed_picture, whole_picture
from u3edu.engine.grain_strength import element_strengths, grain_strength, noise_by_element, noise_residual
from u3edu.engine.padding import pad_to_stride
from u3edu.engine.pictures import PictureDecoder
from u3edu.engine.regions import RegionUNet
from u3edu.engine.shown import Shown
from u3edu.engine.soft_borders import border_reach, soft_borders
from u3edu.imaging.body import body_mask
from u3edu.imaging.coil_field import noise_factors
from u3edu.imaging.slice import Acquisition, Slice
from u3edu.model.card import ModelCard
from u3edu.model.u3net import U3Net
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
        self.device = torch.device(device or fastest_device())
        network = network.to(device=self.device).to_channels_last().eval().requires_grad_(False)
        self._encoder = network.encoder
        self._stride = network.encoder.features.stride
        self._features = RegionUNet(network.encoder.features)
        self._pictures = PictureDecoder(network.decoder, network.encoder.quantizer)
        self._blur = card.network.encoder_blur
        self.halo = self._pictures.halo + border_reach(self._blur)
        self.note = ""
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
        shown = Shown.of(picture, self.card.network)
        padded = pad_to_stride(shown.picture.pixels, self._stride)
        images = torch.from_numpy(padded)[None, None].to(self.device)
        with self._lock, torch.inference_mode():
            embedding = self._features(self._encoder.views(images))
            labels = self._encoder.quantizer.assign(embedding)[0].cpu().numpy()
        rows, columns = picture.shape
        labels = labels[:rows, :columns].astype(np.uint8)
        return LabelMap(labels, self.elements, self._described(picture, labels, shown))

    def acquisition_of(self, picture: Slice, labels: np.ndarray) -> Acquisition:
        """The acquisition of a picture, with what its labels don't hold: levels, coil field and grain.

        Parameters
        ----------
        picture : Slice
        labels : uint8 [H, W]
            Its elements.
        """
        return self._described(picture, labels, Shown.of(picture, self.card.network))

    def synthesize(self, label_map: LabelMap) -> Slice:
        """The picture that goes with a label map, every pixel from the decoder."""
        with self._lock, torch.inference_mode():
            labels = soft_borders(label_map.labels, self._blur)
            pixels = self._pictures.decode(labels, Appearance.of(label_map))
        return whole_picture(pixels, label_map)

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        """The picture that goes with a label map that changed only inside `box`.

        Only the pixels that the change can reach are replaced, by those of decoding everything;
        features of the picture before are remembered, so that little has to be decoded anew.

        Raises
        ------
        ValueError
            If picture, label map and box do not fit each other.
        """
        if previous.shape != label_map.shape:
            raise ValueError(f"a picture of {previous.shape} can't precede a label map of {label_map.shape}")
        with self._lock, torch.inference_mode():
            labels = soft_borders(label_map.labels, self._blur)
            changed = box.grow(border_reach(self._blur)).clip(label_map.shape)
            reached, pixels = self._pictures.decode_box(labels, changed, Appearance.of(label_map))
        return changed_picture(previous, reached, pixels, label_map)

    def _described(self, picture: Slice, labels: np.ndarray, shown: Shown) -> Acquisition:
        grain, noise = 1.0, self.card.noise_at(picture.pixel_size)
        by_element: tuple[float, ...] = ()
        if noise is not None:
            residual = noise_residual(shown.picture.pixels)
            if shown.coil_field:
                rows, columns = picture.shape
                residual = residual / noise_factors(shown.coil_field, picture.shape)[:rows, :columns]
            counts, deviations = noise_by_element(
                residual,
                labels,
                body_mask(picture),
                len(self.elements),
            )
            grain = grain_strength(counts, deviations, noise.drawn, noise.plain, noise.most)
            by_element = element_strengths(counts, deviations, noise.drawn, noise.plain, grain)
        return replace(
            picture.acquisition,
            levels=shown.levels,
            coil_field=shown.coil_field,
            grain=grain,
            element_grain=by_element,
        )

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


def fastest_device() -> str:
    """The device that pictures are computed on where none is named."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
