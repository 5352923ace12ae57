"""A picture book of discs, and what stage 2 needs to learn from it in seconds."""

import numpy as np
import torch

from u3edu.model.config import U3NetConfig
from u3edu.model.discriminator import DiscriminatorConfig
from u3edu.model.u3net import U3Net
from u3edu.training.data import CropSampler, LabelledCrops
from u3edu.training.loss_settings import DecoderLossWeights
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture


def first_stage() -> Stage1Config:
    """A run of stage 1 that takes a second."""
    network = U3NetConfig(encoder_widths=(4, 8), decoder_widths=(4, 8), embedding_size=4, elements=4)
    return Stage1Config(
        name="discs", modality="MR", model=network, crop=32, batch=2, steps=12, learning_rate=3e-3, seed=5
    )


def second_stage() -> Stage2Config:
    """A run of stage 2 with all its losses but the one that needs a pretrained network."""
    return Stage2Config(
        name="discs",
        modality="MR",
        decoder_weights=DecoderLossWeights(perceptual=0, spectrum=0.1, gradient=1),
        discriminator=DiscriminatorConfig(widths=(6, 8)),
        noise_seed=3,
        label_jitter=0.1,
        crop=32,
        batch=2,
        steps=10,
        warm_up=3,
        cutmix_ramp=4,
        seed=5,
    )


def first_network() -> U3Net:
    """A network as stage 1 might leave it: its decoder knows nothing yet of the discs."""
    network = U3NetConfig(encoder_widths=(4, 8), decoder_widths=(8, 8), embedding_size=4, elements=4)
    torch.manual_seed(0)
    start = U3Net(network).eval()
    start.encoder.quantizer.means.copy_(torch.eye(4))
    return start


def labelled_discs() -> LabelledCrops:
    """Discs of three brightnesses with grain, and the brightness as label."""
    numbers = np.random.default_rng(0)
    rows, columns = np.mgrid[:64, :64]
    levels = np.array([-0.8, -0.2, 0.3, 0.9], dtype=np.float32)
    label_maps, pictures = [], []
    for _ in range(3):
        labels = np.zeros((64, 64), dtype=np.uint8)
        for label in (1, 2, 3):
            row, column = numbers.integers(10, 54, size=2)
            labels[(rows - row) ** 2 + (columns - column) ** 2 < 150] = label
        grain = numbers.normal(scale=0.1, size=labels.shape).astype(np.float32)
        label_maps.append(labels)
        pictures.append((levels[labels] + grain).clip(-1, 1))
    crops, alike = CropSampler(tuple(pictures), crop=32), (1.0,) * len(label_maps)
    return LabelledCrops(crops, tuple(label_maps), grain=alike, spacings=alike)


def disc_pictures() -> list[WholePicture]:
    """The same discs, each a whole picture with grain of its own and five tiles."""
    discs = labelled_discs()
    corners = [(0, 0), (0, 32), (32, 0), (32, 32), (16, 16)]
    tiles = tuple((slice(top, top + 32), slice(left, left + 32)) for top, left in corners)
    multiples = np.float32([0.5, 1.0, 1.5, 2.0])
    return [
        WholePicture(pixels, labels, 0.8 + 0.2 * index, multiples, 0.0, tiles)
        for index, (pixels, labels) in enumerate(zip(discs.crops.pictures, discs.label_maps, strict=True))
    ]
