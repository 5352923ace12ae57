"""Grain in the engine: the same at every rendering, in the whole as in a box."""

import numpy as np
import pytest
import torch

from tests.engine.edits import random_edits
from tests.engine.networks import card_for, random_label_map, random_network
from u3edu.engine.local import LocalEngine
from u3edu.model.config import U3NetConfig


def grainy_engine(seed: int, depth: int = 3) -> LocalEngine:
    widths = (6, 8, 8, 8)[:depth]
    config = U3NetConfig(
        encoder_widths=(4,),
        decoder_widths=widths,
        embedding_size=4,
        elements=5,
        noise_seed=seed,
        grain_filters=3,
    )
    network = random_network(config)
    torch.manual_seed(1)
    for layer in (*network.decoder.unet.noise, network.decoder.unet.grain):
        torch.nn.init.normal_(layer.strength.weight, std=0.3)
    return LocalEngine(network, card_for(config), device="cpu")


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_box_gives_the_pixels_of_the_whole_with_grain(depth: int) -> None:
    engine = grainy_engine(9, depth)
    label_map = random_label_map(engine, (157, 165))
    before = engine.synthesize(label_map)
    for edited, box in random_edits(label_map, 12, seed=4):
        after = engine.resynthesize(before, edited, box)
        assert np.abs(after.pixels - engine.synthesize(edited).pixels).max() <= 1e-5


def test_the_same_seed_renders_the_same_and_another_one_differently() -> None:
    label_map = random_label_map(grainy_engine(9), (64, 64))
    first, again, other = (grainy_engine(seed).synthesize(label_map).pixels for seed in (9, 9, 10))
    assert np.array_equal(first, again)
    assert np.abs(first - other).mean() > 1e-3


def test_an_element_of_its_own_shows_grain() -> None:
    engine = grainy_engine(9)
    flat = random_label_map(engine, (64, 64))
    flat = flat.with_labels(np.zeros_like(flat.labels))
    middle = engine.synthesize(flat).pixels[24:40, 24:40]
    assert middle.std() > 1e-3
