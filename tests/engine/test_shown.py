"""What a network is shown of a picture: without its coil field, which drawn pictures get back."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.engine.networks import card_for, random_network
from u3edu.editing.box import Box
from u3edu.engine.local import LocalEngine
from u3edu.engine.shown import Shown, given_back
from u3edu.imaging.coil_field import coil_field, evened, with_field
from u3edu.imaging.levels import levels_of
from u3edu.imaging.phantom.acquisition import coil_bias
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice
from u3edu.model.card import NoiseEntry
from u3edu.model.config import U3NetConfig

EVEN = U3NetConfig(
    encoder_widths=(4, 6),
    decoder_widths=(6, 8),
    embedding_size=4,
    elements=5,
    remove_bias=True,
    common_levels=True,
)


@pytest.fixture(scope="module")
def picture() -> Slice:
    """A pelvis in a strong field."""
    phantom = pelvic_phantom(0).picture
    field = coil_bias(np.random.default_rng(50), phantom.shape, 0.8)
    return phantom.with_pixels(np.clip((phantom.pixels + 1) * field / field.max() - 1, -1, 1))


@pytest.fixture
def engine() -> LocalEngine:
    return LocalEngine(random_network(EVEN), card_for(EVEN), device="cpu")


def test_the_field_is_divided_out_before_the_levels_are_looked_for(picture: Slice) -> None:
    shown, field = Shown.of(picture, EVEN), coil_field(picture)
    assert shown.coil_field == field
    assert shown.levels == levels_of(evened(picture, field))
    drawn = replace(picture.acquisition, levels=shown.levels, coil_field=field)
    again = given_back(shown.picture.pixels, drawn, picture.shape)
    inside = np.abs(shown.picture.pixels) < 1
    assert inside.mean() > 0.7
    np.testing.assert_allclose(again[inside], picture.pixels[inside], atol=1e-5)


def test_a_network_that_wants_nothing_is_shown_the_picture_itself(picture: Slice) -> None:
    shown = Shown.of(picture, U3NetConfig())
    assert (shown.picture, shown.levels, shown.coil_field) == (picture, None, None)


def test_labels_do_not_change_with_the_gain_of_the_coil(engine: LocalEngine, picture: Slice) -> None:
    dark = picture.with_pixels((picture.pixels + 1) * 0.5 - 1)
    bright, dim = engine.segment(picture), engine.segment(dark)
    assert (bright.labels == dim.labels).mean() > 0.999
    drawn = [engine.synthesize(one).pixels for one in (bright, dim.with_labels(bright.labels))]
    inside = np.abs(drawn[0]) < 1
    np.testing.assert_allclose(drawn[1][inside], ((drawn[0] + 1) * 0.5 - 1)[inside], atol=1e-3)


def test_an_even_picture_is_segmented_as_it_is_and_drawn_even(engine: LocalEngine, picture: Slice) -> None:
    uneven = engine.segment(picture)
    even = evened(picture, uneven.acquisition.coil_field or ())
    label_map = engine.segment(even)
    assert np.array_equal(label_map.labels, uneven.labels)
    assert label_map.acquisition.coil_field == ()
    pictures = [engine.synthesize(one) for one in (uneven, label_map)]
    assert np.abs(pictures[0].pixels - pictures[1].pixels).mean() > 0.02


def test_a_box_gets_the_field_that_lies_there(engine: LocalEngine, picture: Slice) -> None:
    label_map = engine.segment(picture)
    labels = label_map.labels.copy()
    labels[60:80, 90:120] = 2
    edited = label_map.with_labels(labels)
    after = engine.resynthesize(engine.synthesize(label_map), edited, Box(60, 90, 80, 120))
    np.testing.assert_allclose(after.pixels, engine.synthesize(edited).pixels, atol=1e-5)


def test_grain_is_as_strong_beside_the_coil_as_far_from_it(picture: Slice) -> None:
    config = EVEN.model_copy(update={"noise_seed": 1, "grain_filters": 3})
    network = random_network(config)
    torch.nn.init.zeros_(network.decoder.unet.grain.strength.weight)
    torch.nn.init.constant_(network.decoder.unet.grain.strength.bias, 0.02)
    engine = LocalEngine(network, card_for(config), device="cpu")
    label_map = engine.segment(picture)
    one_element = label_map.with_labels(np.zeros_like(label_map.labels))
    acquisition = one_element.acquisition

    def drawn(grain: float) -> np.ndarray:
        there = replace(one_element, acquisition=replace(acquisition, grain=grain, element_grain=()))
        return engine.synthesize(there).pixels

    grain = drawn(1.0) - drawn(0.0)
    lit = with_field(np.full(picture.shape, -0.5, np.float32), acquisition.coil_field, picture.shape)
    inside = np.abs(drawn(1.0)) < 1
    near, far = (inside & mask for mask in (lit > np.quantile(lit, 0.8), lit < np.quantile(lit, 0.2)))
    assert near.sum() > 1000 < far.sum()
    assert (lit[near].mean() + 1) / (lit[far].mean() + 1) > 1.5
    assert grain[near].std() / grain[far].std() == pytest.approx(1, abs=0.15)


def test_noise_of_a_scanner_is_found_as_strong_in_any_coil_field(picture: Slice) -> None:
    """Noise over a picture with its field, and over the even one: their grain differs by the gain alone."""
    noise = NoiseEntry(spacing=None, drawn=(0.05,) * 5, plain=(0.0,) * 5, most=8.0)
    config = EVEN.model_copy(update={"noise_seed": 1, "common_levels": False})
    card = card_for(config).model_copy(update={"noise": (noise,)})
    engine = LocalEngine(random_network(config), card, device="cpu")
    field = coil_field(picture)
    even = np.full(picture.shape, -0.6, np.float32)
    grains = []
    for lit in (with_field(even, field, picture.shape), even):
        noisy = lit + 0.02 * np.random.default_rng(3).normal(size=lit.shape).astype(np.float32)
        flat = picture.with_pixels(noisy)
        known = field if lit is not even else ()
        shown = Shown(evened(flat, known), known, None)
        grains.append(engine._described(flat, np.zeros(flat.shape, np.uint8), shown).grain)
    factors = (with_field(even, field, picture.shape) + 1) / (even + 1)
    assert grains[0] == pytest.approx(grains[1] / np.exp(np.log(factors).mean()), rel=0.1)
