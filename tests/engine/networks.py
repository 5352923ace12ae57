"""Networks with random weights, and label maps for them."""

import numpy as np
import torch

from u3edu.editing.label_map import LabelMap
from u3edu.engine.protocol import Engine
from u3edu.imaging.array import slice_from_array
from u3edu.model.card import ElementEntry, ModelCard
from u3edu.model.config import U3NetConfig
from u3edu.model.palette import element_colours
from u3edu.model.u3net import U3Net

SMALL = U3NetConfig(encoder_widths=(4, 6), decoder_widths=(6, 8, 8), embedding_size=4, elements=5)


def random_network(config: U3NetConfig, seed: int = 0) -> U3Net:
    """A network with random weights and norms, so that nothing is trivially zero or one."""
    torch.manual_seed(seed)
    network = U3Net(config)
    network.encoder.quantizer.means.normal_()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def card_for(config: U3NetConfig) -> ModelCard:
    entries = tuple(
        ElementEntry(name=f"element {index}", colour=colour, mean=0)
        for index, colour in enumerate(element_colours(config.elements))
    )
    return ModelCard(name="random", modality="MR", summary="For tests.", network=config, elements=entries)


def random_label_map(engine: Engine, shape: tuple[int, int], seed: int = 0) -> LabelMap:
    numbers = np.random.default_rng(seed)
    picture = slice_from_array(numbers.normal(size=shape).astype(np.float32), modality="MR")
    labels = numbers.integers(len(engine.elements), size=shape).astype(np.uint8)
    return LabelMap(labels, engine.elements, picture.acquisition)
