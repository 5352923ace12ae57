"""From a trained network to weights and card, its elements numbered from dark to bright."""

import copy
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from u3edu.engine.grain_strength import grain_strength, mean_noise, noise_by_element, noise_residual
from u3edu.engine.local import LocalEngine
from u3edu.imaging.body import body_mask
from u3edu.imaging.resampling import resampled
from u3edu.imaging.slice import Slice
from u3edu.model.card import ElementEntry, ModelCard, NoiseEntry
from u3edu.model.config import U3NetConfig
from u3edu.model.palette import element_colours
from u3edu.model.u3net import U3Net
from u3edu.model.weights import save_weights
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.stage2_config import Stage2Config

# From the smallest to the largest spacing that a decoder learned.
_MEASURED_SPACINGS = 5


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
    card = draft_card(config, network.config, means[order])
    card = card.model_copy(update={"training": training_record(config, len(slices))})
    return save_weights(path, network, card)


def export_stage2(
    path: Path, network: U3Net, config: Stage2Config, card: ModelCard, slices: Sequence[Slice]
) -> ModelCard:
    """Write weights of stage 2 with the card of those before, its elements as they were.

    Label maps and edits made with stage 1 stay valid: number, order, names and colours of the
    elements are the same. Figures are left out, as they were measured on other weights.

    Parameters
    ----------
    path : Path
        Ends in ``.safetensors``.
    network : U3Net
    config : Stage2Config
        The settings that it was trained with.
    card : ModelCard
        Of the weights that training started from.
    slices : sequence of Slice
        Trained on.

    Returns
    -------
    ModelCard
    """
    training = training_record(config, len(slices)) | _history(card)
    changes: dict[str, Any] = {"network": network.config, "training": training, "figures": {}}
    if config.noise_seed is not None:
        changes["noise"] = drawn_noise(engine_of(network, config), slices)
    return save_weights(path, network, card.model_copy(update=changes))


def trained_by_stage2(card: ModelCard) -> bool:
    """Whether a card is of weights that stage 2 has trained."""
    return "stage1" in card.training


def _history(card: ModelCard) -> dict[str, Any]:
    """What a card says of the runs before: those of stage 1, and of stage 2 where there was one."""
    if not trained_by_stage2(card):
        return {"stage1": card.training}
    before = {name: value for name, value in card.training.items() if name != "stage1"}
    return {"stage1": card.training["stage1"], "before": before}


def training_record(config: Stage1Config | Stage2Config, pictures: int) -> dict[str, Any]:
    """What a card says of a run: command, settings, number of pictures, versions and machine."""
    return {
        "command": shlex.join(["u3edu", *sys.argv[1:]]),
        "settings": config.model_dump(mode="json"),
        "pictures": pictures,
        "versions": {name: version(name) for name in ("u3edu", "torch", "kornia", "lightning-fabric")},
        "machine": platform.machine(),
    }


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


def drawn_noise(engine: LocalEngine, slices: Sequence[Slice]) -> tuple[NoiseEntry, ...]:
    """Noise by element in the pictures that a model draws of slices, with grain and without.

    A model that learned several spacings draws them with pixels of each of some sizes.

    Parameters
    ----------
    engine : LocalEngine
    slices : sequence of Slice
        On common levels where the model works on them.
    """
    spacings = engine.card.network.spacings
    if spacings is None:
        return (_drawn_noise(engine, slices),)
    entries = []
    for spacing in np.geomspace(*spacings, _MEASURED_SPACINGS).round(4).tolist():
        entry = _drawn_noise(engine, [resampled(picture, spacing) for picture in slices])
        entries.append(entry.model_copy(update={"spacing": spacing}))
    return tuple(entries)


def _drawn_noise(engine: LocalEngine, slices: Sequence[Slice]) -> NoiseEntry:
    """The same of slices as they are."""
    measured = []
    for picture in slices:
        label_map, body = engine.segment(picture), body_mask(picture)
        pictures = [picture]
        for grain in (1.0, 0.0):
            acquisition = replace(label_map.acquisition, levels=None, grain=grain)
            pictures.append(engine.synthesize(replace(label_map, acquisition=acquisition)))
        measured.append(
            [
                noise_by_element(
                    noise_residual(one.pixels),
                    label_map.labels,
                    body,
                    len(engine.elements),
                )
                for one in pictures
            ]
        )
    own, grainy, smooth = zip(*measured, strict=True)
    drawn, plain = (tuple(mean_noise(*zip(*one, strict=True)).round(6).tolist()) for one in (grainy, smooth))
    most = max(grain_strength(counts, deviations, drawn, plain) for counts, deviations in own)
    return NoiseEntry(drawn=drawn, plain=plain, most=round(most, 3))


def engine_of(network: U3Net, config: Stage1Config | Stage2Config) -> LocalEngine:
    """An engine on a copy of a network in training."""
    card = draft_card(config, network.config, np.zeros(network.config.elements))
    return LocalEngine(copy.deepcopy(network), card, device="cpu")


def draft_card(config: Stage1Config | Stage2Config, network: U3NetConfig, means: np.ndarray) -> ModelCard:
    """A card with placeholders for everything that a person must say."""
    colours = element_colours(network.elements)
    entries = tuple(
        ElementEntry(name=f"element {index}", colour=colour, mean=round(float(mean), 4))
        for index, (colour, mean) in enumerate(zip(colours, means, strict=True))
    )
    return ModelCard(
        name=config.name,
        modality=config.modality,
        summary="For education only.",
        network=network,
        elements=entries,
    )
