"""What a label map does not hold: a picture's levels, and how strong its noise is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tests.engine.networks import card_for, random_network
from u3edu.editing.box import Box
from u3edu.engine.grain_strength import element_strengths, grain_strength, noise_by_element
from u3edu.engine.local import LocalEngine
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.high_pass import high_pass
from u3edu.imaging.levels import levels_of
from u3edu.imaging.slice import MOST_GRAIN, Slice
from u3edu.model.card import ModelCard, NoiseEntry
from u3edu.model.config import U3NetConfig

COMMON = U3NetConfig(
    encoder_widths=(4, 6),
    decoder_widths=(6, 8),
    embedding_size=4,
    elements=5,
    noise_seed=3,
    grain_filters=2,
    common_levels=True,
)
INPUTS = COMMON.model_copy(update={"grain_filters": 0})
COUNTS = np.array([100, 300, 0])


def noisy(seed: int, sigma: float) -> Slice:
    """A smooth picture with noise, in [-1, 1], its levels anywhere."""
    rows, columns = np.indices((96, 96)) / 96
    signal = 100 * np.sin(5 * rows) * np.cos(4 * columns)
    signal += np.random.default_rng(seed).normal(0, sigma, signal.shape)
    return slice_from_array(signal.astype(np.float32), modality="MR")


def engine(*noise: NoiseEntry, config: U3NetConfig = COMMON) -> LocalEngine:
    network = random_network(config)
    for layer in filter(None, (*network.decoder.unet.noise, network.decoder.unet.grain)):
        torch.nn.init.normal_(layer.strength.weight, std=0.3)
    return LocalEngine(network, card_for(config).model_copy(update={"noise": noise}), device="cpu")


def test_noise_is_found_by_element_and_none_along_boundaries() -> None:
    labels = np.zeros((64, 64), np.uint8)
    labels[:, 32:] = 1
    noise = np.random.default_rng(0).normal(0, 1, labels.shape)
    pixels = np.where(labels == 1, 0.5 + 0.02 * noise, 0.01 * noise)
    body = np.ones(labels.shape, bool)
    body[:4] = False
    counts, deviations = noise_by_element(high_pass(pixels), labels, body, 3)
    assert deviations == pytest.approx([0.01, 0.02, 0], rel=0.05)
    assert list(counts) == [60 * 30, 60 * 30, 0]


def test_strength_is_what_the_squares_want() -> None:
    drawn, plain = (0.5, 1.0, 9.0), (0.3, 0.6, 0.0)
    # 0.3^2 + 1.25^2 (0.5^2 - 0.3^2), and twice as much in the second.
    measured = np.array([0.34**0.5, 1.36**0.5, 0])
    assert grain_strength(COUNTS, measured, drawn, plain) == pytest.approx(1.25)
    assert grain_strength(COUNTS, np.array(drawn), drawn, plain) == pytest.approx(1)


def test_strength_stays_within_limits() -> None:
    drawn, plain = (0.5, 1.0, 1.0), (0.3, 0.6, 0.0)
    assert grain_strength(COUNTS, np.zeros(3), drawn, plain) == 0
    assert grain_strength(COUNTS, np.full(3, 1e3), drawn, plain) == MOST_GRAIN
    assert grain_strength(COUNTS, np.full(3, 1e3), drawn, plain, most=1.5) == 1.5
    assert grain_strength(np.zeros(3, int), np.ones(3), drawn, plain) == 1
    assert grain_strength(COUNTS, np.ones(3), plain, plain) == 1


def test_an_element_that_is_drawn_without_grain_says_nothing_of_it() -> None:
    """Black stays black: its trace of grain would have to be many times as strong."""
    measured, drawn, plain = np.array([0.1, 1.0, 0]), (1e-5, 1.0, 9.0), (0.0, 0.0, 0.0)
    assert grain_strength(COUNTS, measured, drawn, plain) == pytest.approx(1)


def test_each_element_gets_the_grain_that_it_has() -> None:
    counts, drawn, plain = np.array([10**6, 10**6, 0]), (0.5, 1.0, 9.0), (0.3, 0.6, 0.0)
    # 0.3^2 + 1.5^2 (0.5^2 - 0.3^2), and as much as was learned in the second.
    measured = np.array([0.45**0.5, 1.0, 0])
    overall = grain_strength(counts, measured, drawn, plain)
    assert overall == pytest.approx(1.25)
    assert element_strengths(counts, measured, drawn, plain, overall) == pytest.approx(
        (1.2, 0.8, 1), abs=2e-3
    )


def test_an_element_with_few_pixels_keeps_near_to_the_others() -> None:
    drawn, plain = (1.0, 1.0), (0.0, 0.0)
    few, many = (
        element_strengths(np.array([count, 10**6]), np.array([1.8, 1.0]), drawn, plain, 1.0)[0]
        for count in (50, 10**6)
    )
    assert 1.05 < few < 1.1
    assert many == pytest.approx(1.8, abs=2e-3)


def test_grain_by_element_stays_within_limits() -> None:
    counts, drawn, plain = np.array([10**9, 10**9]), (1.0, 1.0), (0.0, 0.0)
    assert element_strengths(counts, np.array([0.0, 9.0]), drawn, plain, 1.0) == (0.5, 2.0)
    assert element_strengths(counts, np.zeros(2), drawn, plain, 0.0) == ()
    assert element_strengths(counts, np.ones(2), plain, plain, 1.0) == ()


def test_brightness_and_contrast_leave_labels_and_come_back_in_the_picture() -> None:
    model, picture = engine(), noisy(0, 2.0)
    changed = picture.with_pixels(0.6 * picture.pixels - 0.2)
    first, second = model.segment(picture), model.segment(changed)
    assert (first.labels == second.labels).mean() > 0.999
    second = second.with_labels(first.labels)
    drawn = [model.synthesize(label_map).pixels for label_map in (first, second)]
    inside = (np.abs(drawn[0]) < 1) & (np.abs(drawn[1]) < 1)
    assert inside.mean() > 0.2
    np.testing.assert_allclose(drawn[1][inside], 0.6 * drawn[0][inside] - 0.2, atol=1e-5)


def test_levels_are_those_of_the_picture_and_an_edit_keeps_them() -> None:
    model, picture = engine(), noisy(0, 2.0)
    label_map = model.segment(picture)
    assert label_map.acquisition.levels == levels_of(picture)
    edited = label_map.with_labels(np.roll(label_map.labels, 1, axis=0))
    assert model.synthesize(edited).acquisition.levels == levels_of(picture)


def test_a_noisier_picture_gets_stronger_grain() -> None:
    model = engine(NoiseEntry(drawn=(0.2,) * 5, plain=(0.0,) * 5, most=3.0))
    quiet, loud = (model.segment(noisy(0, sigma)).acquisition.grain for sigma in (1.0, 3.0))
    assert loud == pytest.approx(3 * quiet, rel=0.15)


@pytest.mark.parametrize("config", [COMMON, INPUTS], ids=["filtered", "inputs"])
def test_grain_is_given_by_element(config: U3NetConfig) -> None:
    noise = NoiseEntry(drawn=(0.2,) * 5, plain=(0.0,) * 5, most=3.0)
    by_element = engine(noise, config=config).segment(noisy(0, 2.0)).acquisition.element_grain
    assert len(by_element) == 5


def test_noise_inputs_are_as_strong_at_every_level_as_their_element_says() -> None:
    model = engine(config=INPUTS)
    label_map = model.segment(noisy(0, 2.0))

    def drawn(overall: float, by_element: tuple[float, ...] = ()) -> np.ndarray:
        acquisition = replace(label_map.acquisition, grain=overall, element_grain=by_element)
        return model.synthesize(replace(label_map, acquisition=acquisition)).pixels

    assert np.abs(drawn(1.0) - drawn(0.0)).max() > 1e-2
    np.testing.assert_allclose(drawn(1.0, (0.0,) * 5), drawn(0.0), atol=1e-6)
    np.testing.assert_allclose(drawn(0.5, (2.0,) * 5), drawn(1.0), atol=1e-6)
    # Far from an element, and only there, nothing of its strength is seen.
    left = label_map.with_labels(np.where(np.arange(96) < 24, 1, 0)[None].repeat(96, axis=0).astype(np.uint8))
    label_map = left
    changed = np.abs(drawn(1.0, (1.0, 0.0, 1.0, 1.0, 1.0)) - drawn(1.0)) > 1e-6
    assert changed[:, :24].mean() > 0.5
    assert not changed[:, 24 + model.halo :].any()


def test_grain_is_as_strong_in_each_element_as_it_is_to_be() -> None:
    model = engine()
    label_map = model.segment(noisy(0, 2.0))
    label_map = replace(label_map, acquisition=replace(label_map.acquisition, levels=None))

    def drawn(overall: float, by_element: tuple[float, ...] = ()) -> np.ndarray:
        acquisition = replace(label_map.acquisition, grain=overall, element_grain=by_element)
        return model.synthesize(replace(label_map, acquisition=acquisition)).pixels

    plain, alike = drawn(0.0), drawn(0.1)
    strengths = (0.5, 1.0, 2.0, 1.5, 0.0)
    expected = plain + np.array(strengths)[label_map.labels] * (alike - plain)
    assert np.abs(alike - plain).max() > 1e-2
    inside = np.abs(expected) < 1
    np.testing.assert_allclose(drawn(0.1, strengths)[inside], expected[inside], atol=1e-5)


def test_grain_of_another_number_of_elements_is_refused() -> None:
    model = engine()
    label_map = model.segment(noisy(0, 2.0))
    acquisition = replace(label_map.acquisition, element_grain=(1.0, 2.0))
    with pytest.raises(ValueError, match=r"element_grain has 2 numbers, and the label map 5 elements"):
        model.synthesize(replace(label_map, acquisition=acquisition))


def test_a_card_without_noise_leaves_grain_as_it_was_learned() -> None:
    assert engine().segment(noisy(0, 3.0)).acquisition.grain == 1


@pytest.mark.parametrize("config", [COMMON, INPUTS], ids=["filtered", "inputs"])
def test_a_box_has_the_grain_and_levels_of_the_whole(config: U3NetConfig) -> None:
    model = engine(config=config)
    label_map = model.segment(noisy(0, 2.0))
    for strength in (0.0, 1.7):
        by_element = (0.5, 1.0, 2.0, 1.5, 1.0)
        acquisition = replace(label_map.acquisition, grain=strength, element_grain=by_element)
        label_map = replace(label_map, acquisition=acquisition)
        before = model.synthesize(label_map)
        labels = label_map.labels.copy()
        labels[40:52, 30:44] = 2
        edited = label_map.with_labels(labels)
        after = model.resynthesize(before, edited, Box(40, 30, 52, 44))
        assert np.abs(after.pixels - model.synthesize(edited).pixels).max() <= 1e-5


def test_noise_is_compared_with_what_the_model_draws_at_the_spacing_of_the_picture() -> None:
    fine, coarse = (
        NoiseEntry(spacing=spacing, drawn=(level,) * 5, plain=(0.0,) * 5, most=8.0)
        for spacing, level in ((0.5, 0.1), (2.0, 0.3))
    )
    alone, model = engine(NoiseEntry(drawn=(0.2,) * 5, plain=(0.0,) * 5, most=8.0)), engine(fine, coarse)
    picture = noisy(0, 2.0)
    for spacing, drawn in ((0.3, 0.1), (0.5, 0.1), (1.0, 0.2), (2.0, 0.3), (9.0, 0.3)):
        there = replace(picture, acquisition=replace(picture.acquisition, spacing=(spacing, spacing)))
        strengths = [one.segment(there).acquisition.grain for one in (alone, model)]
        assert strengths[1] == pytest.approx(strengths[0] * 0.2 / drawn)


def test_an_element_unknown_at_one_spacing_has_the_noise_of_the_other() -> None:
    entries = [
        NoiseEntry(spacing=spacing, drawn=drawn, plain=(0.0,) * 5, most=1.0)
        for spacing, drawn in ((0.5, (0.1, 0.0, 0.1, 0.2, 0.2)), (2.0, (0.3, 0.3, 0.0, 0.4, 0.4)))
    ]
    card = ModelCard.model_validate(card_for(COMMON).model_dump() | {"noise": entries})
    between = card.noise_at(1.0)
    assert between is not None
    assert between.drawn == pytest.approx((0.2, 0.3, 0.1, 0.3, 0.3))


def test_noise_on_a_card_goes_from_small_to_large_spacings() -> None:
    entries = [
        NoiseEntry(spacing=spacing, drawn=(0.2,) * 5, plain=(0.0,) * 5, most=1.0) for spacing in (2.0, 0.5)
    ]
    with pytest.raises(ValidationError, match="small to large"):
        ModelCard.model_validate(card_for(COMMON).model_dump() | {"noise": entries})


def test_pictures_of_other_spacings_are_drawn_otherwise() -> None:
    config = COMMON.model_copy(update={"spacings": (0.5, 2.0), "common_levels": False})
    network = random_network(config)
    for parameter in network.decoder.unet.spacing.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    model = LocalEngine(network, card_for(config), device="cpu")
    label_map = model.segment(noisy(0, 2.0))
    drawn = {}
    for spacing in (0.3, 0.5, 1.0):
        acquisition = replace(label_map.acquisition, spacing=(spacing, spacing))
        there = replace(label_map, acquisition=acquisition)
        drawn[spacing] = model.synthesize(there).pixels
        # Remembered is the picture of another spacing.
        again = model.resynthesize(model.synthesize(label_map), there, Box(0, 0, 8, 8))
        np.testing.assert_allclose(again.pixels[:8, :8], drawn[spacing][:8, :8], atol=1e-6)
    assert np.array_equal(drawn[0.3], drawn[0.5])
    assert np.abs(drawn[1.0] - drawn[0.5]).max() > 1e-2


def test_another_grain_of_the_same_labels_is_not_taken_for_the_picture_remembered() -> None:
    model = engine()
    label_map = model.segment(noisy(0, 2.0))
    plain = replace(label_map, acquisition=replace(label_map.acquisition, grain=0.0))
    first = model.synthesize(label_map)
    again = model.resynthesize(first, plain, Box.whole(label_map.shape))
    np.testing.assert_allclose(again.pixels, model.synthesize(plain).pixels, atol=1e-6)
    assert np.abs(first.pixels - again.pixels).max() > 1e-3
