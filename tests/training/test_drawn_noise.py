"""What a card says of a model's noise: pictures with grain of a strength are found to have that strength."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.engine.networks import card_for, random_network
from u3edu.engine.grain_strength import grain_strength, noise_by_element, noise_residual
from u3edu.engine.local import LocalEngine
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.slice import Slice
from u3edu.model.config import U3NetConfig
from u3edu.training.export import drawn_noise

GRAINY = U3NetConfig(
    encoder_widths=(4,), decoder_widths=(6, 8), embedding_size=4, elements=4, noise_seed=3, grain_filters=2
)


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    network = random_network(GRAINY)
    assert network.decoder.unet.grain is not None
    torch.nn.init.normal_(network.decoder.unet.grain.strength.bias, std=0.02)
    network.decoder.unet.head.weight.data *= 0.1
    return LocalEngine(network, card_for(GRAINY), device="cpu")


@pytest.fixture(scope="module")
def slices() -> list[Slice]:
    rows, columns = np.indices((96, 96)) / 96
    waves = [np.sin(k * rows) * np.cos(3 * columns) for k in (3, 5)]
    return [slice_from_array(wave.astype(np.float32), modality="MR") for wave in waves]


@pytest.mark.parametrize("strength", [0.6, 1.0, 1.4])
def test_the_strength_of_a_drawn_picture_is_found(
    engine: LocalEngine, slices: list[Slice], strength: float
) -> None:
    [noise] = drawn_noise(engine, slices)
    label_map = engine.segment(slices[0])
    acquisition = replace(label_map.acquisition, grain=strength)
    drawn = engine.synthesize(replace(label_map, acquisition=acquisition))
    body = np.ones(drawn.shape, bool)
    measured = noise_by_element(noise_residual(drawn.pixels), label_map.labels, body, 4)
    assert grain_strength(*measured, noise.drawn, noise.plain) == pytest.approx(strength, rel=0.1)


def test_the_strongest_grain_is_that_of_the_noisiest_slice(engine: LocalEngine, slices: list[Slice]) -> None:
    [noise] = drawn_noise(engine, slices)
    loud = np.random.default_rng(0).normal(0, 0.05, slices[0].shape)
    noisy = slices[0].with_pixels(np.clip(slices[0].pixels + loud, -1, 1).astype(np.float32))
    [noisier] = drawn_noise(engine, [*slices, noisy])
    assert noisier.most > noise.most
