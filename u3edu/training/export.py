"""From a trained network to weights and card, its elements numbered from dark to bright."""

import copy
import platform
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from u3edu.engine.local import LocalEngine
from u3edu.imaging.slice import Slice
from u3edu.model.card import ElementEntry, ModelCard
from u3edu.model.palette import element_colours
from u3edu.model.u3net import U3Net
from u3edu.model.weights import save_weights
from u3edu.training.config import Stage1Config


def export_model(path: Path, network: U3Net, config: Stage1Config, slices: Sequence[Slice]) -> ModelCard:
    """Number the elements by brightness and write weights and a first card.

    The card's element names are placeholders: look at label maps beside the pictures, then
    write into the card what each element is.

    Parameters
    ----------
    path : Path
        Ends in ``.safetensors``.
    network : U3Net
        Trained; its clusters are renumbered in place.
    config : Stage1Config
        The settings that it was trained with.
    slices : sequence of Slice
        Pictures to measure the elements on.

    Returns
    -------
    ModelCard
    """
    means, order = mean_intensities(engine_of(network, config), slices)
    quantizer = network.encoder.quantizer
    for buffer in (quantizer.means, quantizer.sums, quantizer.counts):
        buffer.copy_(buffer[torch.from_numpy(order).to(buffer.device)].clone())
    card = draft_card(config, means[order])
    training = {
        "command": shlex.join(["u3edu", *sys.argv[1:]]),
        "settings": config.model_dump(mode="json"),
        "pictures": len(slices),
        "versions": {name: version(name) for name in ("u3edu", "torch", "kornia", "lightning-fabric")},
        "machine": platform.machine(),
    }
    return save_weights(path, network, card.model_copy(update={"training": training}))


def mean_intensities(engine: LocalEngine, slices: Sequence[Slice]) -> tuple[np.ndarray, np.ndarray]:
    """Mean intensity of each element, and the order from dark to bright.

    Parameters
    ----------
    engine : LocalEngine
    slices : sequence of Slice

    Returns
    -------
    means : float64 [K]
        In [-1, 1]; the mean of all pixels for an element that no picture shows.
    order : int64 [K]
        Elements from dark to bright, those that no picture shows last.
    """
    elements = len(engine.elements)
    sums, counts = np.zeros(elements), np.zeros(elements)
    for picture in slices:
        labels = engine.segment(picture).labels.ravel()
        sums += np.bincount(labels, picture.pixels.ravel(), elements)
        counts += np.bincount(labels, minlength=elements)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), sums.sum() / counts.sum())
    return means, np.lexsort((means, counts == 0))


def engine_of(network: U3Net, config: Stage1Config) -> LocalEngine:
    """An engine on a copy of a network in training."""
    return LocalEngine(
        copy.deepcopy(network), draft_card(config, np.zeros(config.model.elements)), device="cpu"
    )


def draft_card(config: Stage1Config, means: np.ndarray) -> ModelCard:
    """A card with placeholders for everything that a person must say."""
    colours = element_colours(config.model.elements)
    entries = tuple(
        ElementEntry(name=f"element {index}", colour=colour, mean=round(float(mean), 4))
        for index, (colour, mean) in enumerate(zip(colours, means, strict=True))
    )
    return ModelCard(
        name=config.name,
        modality=config.modality,
        summary="For education only.",
        network=config.model,
        elements=entries,
    )
