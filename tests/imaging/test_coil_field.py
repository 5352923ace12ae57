"""The coil field divided out of a picture, and given back to another one."""

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.bias_field import tissue_mask
from u3edu.imaging.coil_field import (
    AMPLITUDES,
    MOST_AMPLITUDE,
    coil_field,
    evened,
    field_of_part,
    noise_factors,
    with_field,
    with_series_field,
)
from u3edu.imaging.levels import levels_of
from u3edu.imaging.phantom.acquisition import coil_bias
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import Phantom
from u3edu.imaging.slice import Slice


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return pelvic_phantom(0)


def uneven(phantom: Phantom) -> Slice:
    field = coil_bias(np.random.default_rng(50), phantom.picture.shape, 1.2)
    return slice_from_array(phantom.picture.raw * field, modality="MR", spacing=phantom.picture.spacing)


def test_a_tissue_becomes_as_even_as_it_was(phantom: Phantom) -> None:
    picture = uneven(phantom)
    fat = phantom.mask("subcutaneous fat") & tissue_mask(phantom.picture.raw)

    def unevenness(picture: Slice) -> float:
        signal = (picture.pixels + 1)[fat]
        return float(signal.std() / signal.mean())

    assert unevenness(evened(picture, coil_field(picture))) < 0.6 * unevenness(picture)


@pytest.mark.parametrize("gain", [1.0, 0.3, 1e-4])
def test_even_pictures_have_one_bright_level_however_dark_they_were(phantom: Phantom, gain: float) -> None:
    dark = phantom.picture.with_pixels((phantom.picture.pixels + 1) * gain - 1)
    field = coil_field(dark)
    assert levels_of(evened(dark, field)).bright == pytest.approx(0.2, abs=2e-3)
    assert max(map(abs, field)) < MOST_AMPLITUDE


def test_the_field_gives_the_picture_again(phantom: Phantom) -> None:
    picture = uneven(phantom)
    field = coil_field(picture)
    even = evened(picture, field)
    whole = with_field(even.pixels, field, picture.shape)
    inside = even.pixels < 1
    assert inside.mean() > 0.98
    np.testing.assert_allclose(whole[inside], picture.pixels[inside], atol=1e-5)
    assert np.abs(even.pixels - picture.pixels).mean() > 0.02


def test_a_slice_of_a_series_keeps_the_shape_of_its_field_and_has_a_brightness_of_its_own(
    phantom: Phantom,
) -> None:
    picture = uneven(phantom)
    others = [picture.with_pixels((picture.pixels + 1) * gain - 1) for gain in (0.5, 0.75, 1.0)]
    known = with_series_field(others)
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(known, others, strict=True))
    for one in known:
        field = coil_field(one)
        assert field[1:] == one.acquisition.coil_field[1:]
        assert levels_of(evened(one, field)).bright == pytest.approx(0.2, abs=2e-3)
    # That of the first slice is not that of the second, as from one to the other the gain rises.
    assert coil_field(known[1])[0] - coil_field(known[0])[0] == pytest.approx(np.log(1.5), abs=0.02)


def test_a_series_without_tissue_has_no_field() -> None:
    empty = slice_from_array(np.zeros((64, 64), np.float32), modality="MR")
    [known, _] = with_series_field([empty, empty])
    assert not any(known.acquisition.coil_field)
    assert coil_field(known) == ()


def test_a_part_gets_what_lies_there(phantom: Phantom) -> None:
    field, pixels = coil_field(uneven(phantom)), phantom.picture.pixels
    part = slice(40, 77), slice(100, 110)
    whole = with_field(pixels, field, phantom.picture.shape)
    assert np.array_equal(with_field(pixels[part], field, phantom.picture.shape, part), whole[part])


def test_a_part_kept_alone_keeps_its_field(phantom: Phantom) -> None:
    picture = uneven(phantom)
    field, part = coil_field(picture), (slice(60, 270), slice(80, 290))
    own = field_of_part(field, picture.shape, part)
    even = np.full((210, 210), -0.5, np.float32)
    alone, there = with_field(even, own, even.shape), with_field(even, field, picture.shape, part)
    assert there.max() - there.min() > 0.1
    # A part of a polynomial is one.
    np.testing.assert_allclose(alone, there, atol=1e-4)
    assert field_of_part((), picture.shape, part) == ()


def test_noise_that_is_alike_everywhere_is_weak_in_the_even_picture_where_the_coil_is_near(
    phantom: Phantom,
) -> None:
    field, shape = coil_field(uneven(phantom)), phantom.picture.shape
    factors = noise_factors(field, shape)
    assert np.log(factors[: shape[0], : shape[1]]).mean() == pytest.approx(0, abs=1e-5)
    given_back = with_field(np.full(shape, -0.9, np.float32), field, shape) + 1
    alike = factors[: shape[0], : shape[1]] * given_back
    assert alike.std() < 1e-5 * alike.mean() < given_back.std()


def test_noise_factors_of_a_level_are_those_of_its_pixels_and_reach_beyond_the_border() -> None:
    field = tuple(np.random.default_rng(0).normal(scale=0.2, size=AMPLITUDES))
    finest = noise_factors(field, (100, 130))
    assert finest.shape == (128, 192)
    assert np.array_equal(finest[99:], np.broadcast_to(finest[99], (29, 192)))
    np.testing.assert_allclose(noise_factors(field, (100, 130), 3), finest[::8, ::8], rtol=1e-6)


def test_nobody_looks_for_a_field_in_an_even_picture(phantom: Phantom) -> None:
    even = evened(phantom.picture, coil_field(phantom.picture))
    assert phantom.picture.acquisition.coil_field is None
    assert even.acquisition.coil_field == ()


def test_without_tissue_there_is_no_field() -> None:
    empty = slice_from_array(np.zeros((64, 64), np.float32), modality="MR")
    assert coil_field(empty) == ()
    assert np.array_equal(evened(empty, ()).pixels, empty.pixels)
    assert np.array_equal(with_field(empty.pixels, (), empty.shape), empty.pixels)


def test_a_field_with_too_few_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=f"3 numbers, not {AMPLITUDES} or none"):
        with_field(np.zeros((8, 8), np.float32), (1.0, 0.0, 0.0), (8, 8))
