"""Drawing from the labels around a box alone: the pixels of decoding everything, grain and all."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.networks import SMALL, card_for, random_label_map, random_network
from u3edu.editing.box import Box
from u3edu.engine.appearance import Appearance
from u3edu.engine.cutouts import Cutout, CutoutDecoder
from u3edu.engine.local import LocalEngine
from u3edu.imaging.coil_field import AMPLITUDES
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net

GRAINY = SMALL.model_copy(update={"noise_seed": 5, "grain_filters": 3})
INPUTS = SMALL.model_copy(update={"noise_seed": 5})
SPACED = GRAINY.model_copy(update={"spacings": (0.4, 1.6)})
# Too many elements for a table of labels.
MANY = GRAINY.model_copy(update={"elements": 20})
SHAPE = (120, 168)
OVERALL = 1.5


def grainy_network(config: U3NetConfig) -> U3Net:
    network = random_network(config)
    for layer in filter(None, (*network.decoder.unet.noise, network.decoder.unet.grain)):
        torch.nn.init.normal_(layer.strength.weight, std=0.3)
    for parameter in network.decoder.unet.spacing.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network


class Both:
    """A local engine and a decoder of cutouts with the same weights."""

    def __init__(self, config: U3NetConfig) -> None:
        self.local = LocalEngine(grainy_network(config), card_for(config), device="cpu")
        network = grainy_network(config).requires_grad_(False)
        self.cutouts = CutoutDecoder(network.decoder, network.encoder.quantizer)
        self.label_map = random_label_map(self.local, SHAPE)
        by_element = tuple(0.5 + 0.1 * number for number in range(config.elements))
        self.appearance = Appearance(OVERALL, by_element, spacing=0.6)
        acquisition = replace(
            self.label_map.acquisition, grain=OVERALL, element_grain=by_element, spacing=(0.6, 0.6)
        )
        self.label_map = replace(self.label_map, acquisition=acquisition)
        self.whole = self.local.synthesize(self.label_map).pixels

    def cut(self, box: Box, shape: tuple[int, int] | None = None) -> Cutout:
        """The labels that the box needs, or a cutout of a given shape that holds them."""
        around = box.grow(self.local.halo).clip(SHAPE).align(4)
        if shape is not None:
            bottom, right = max(around.bottom, shape[0]), max(around.right, shape[1])
            around = Box(bottom - shape[0], right - shape[1], bottom, right)
        return Cutout(self.label_map.labels[around.slices], (around.top, around.left), box, self.appearance)


@pytest.fixture(
    scope="module",
    params=[SMALL, GRAINY, INPUTS, MANY, SPACED],
    ids=["plain", "grain", "noise inputs", "many elements", "spacing"],
)
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(1, 60)),
    columns=st.tuples(st.integers(0, SHAPE[1] - 1), st.integers(1, 60)),
)
def test_a_box_anywhere_is_that_of_the_whole_picture(
    both: Both, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    box = Box(rows[0], columns[0], sum(rows), sum(columns)).clip(SHAPE)
    [pixels] = both.cutouts.decode([both.cut(box)])
    assert np.abs(pixels - both.whole[box.slices]).max() <= 1e-6


def test_boxes_of_several_pictures_drawn_together_are_those_drawn_alone(both: Both) -> None:
    boxes = [Box(0, 0, 20, 30), Box(50, 60, 70, 90), Box(100, 140, 120, 168)]
    cutouts = [both.cut(box, (96, 104)) for box in boxes]
    for pixels, box in zip(both.cutouts.decode_alike(cutouts), boxes, strict=True):
        assert np.abs(pixels - both.whole[box.slices]).max() <= 1e-6


def test_cutouts_of_different_shapes_come_back_in_their_order(both: Both) -> None:
    boxes = [Box(0, 0, 3, 5), Box(60, 60, 64, 100), Box(0, 8, 3, 13)]
    for pixels, box in zip(both.cutouts.decode([both.cut(box) for box in boxes]), boxes, strict=True):
        assert np.abs(pixels - both.whole[box.slices]).max() <= 1e-6


@pytest.mark.parametrize("filters", [0, 3])
def test_a_box_knows_where_in_the_coil_field_it_lies(filters: int) -> None:
    config = SMALL.model_copy(update={"noise_seed": 5, "grain_filters": filters})
    network = grainy_network(config).requires_grad_(False)
    decoder = CutoutDecoder(network.decoder, network.encoder.quantizer)
    labels = np.random.default_rng(0).integers(config.elements, size=SHAPE).astype(np.uint8)
    numbers = np.random.default_rng(1).normal(scale=0.3, size=AMPLITUDES)
    lit = Appearance(1.5, coil_field=tuple(numbers), field_shape=(SHAPE[0] - 1, SHAPE[1]))
    whole = {}
    for appearance in (lit, Appearance(1.5)):
        cutout = Cutout(labels, (0, 0), Box.whole(SHAPE), appearance)
        [whole[appearance]] = decoder.decode([cutout])
    assert np.abs(whole[lit] - whole[Appearance(1.5)]).max() > 0.01
    halo = LocalEngine(grainy_network(config), card_for(config), device="cpu").halo
    for box in (Box(40, 60, 70, 90), Box(100, 140, 120, 168)):
        around = box.grow(halo).clip(SHAPE).align(4)
        [pixels] = decoder.decode([Cutout(labels[around.slices], (around.top, around.left), box, lit)])
        assert np.abs(pixels - whole[lit][box.slices]).max() <= 1e-6
