"""Pictures of one anatomy on common levels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.levels import COMMON, from_common, levels_of, to_common
from u3edu.imaging.slice import Slice
from u3edu.imaging.stored import load_slice, write_slice


@pytest.fixture
def picture() -> Slice:
    signal = np.random.default_rng(0).gamma(2.0, 100.0, size=(96, 80))
    return slice_from_array(signal, modality="MR", spacing=(0.5, 0.5))


def test_a_fifth_of_the_pixels_is_darker_and_a_twentieth_brighter(picture: Slice) -> None:
    # Independent of place, these pixels have the same percentiles with any weights.
    common = to_common(picture.pixels, levels_of(picture))
    assert (common < COMMON.dark - 1e-6).mean() == pytest.approx(0.2, abs=0.02)
    assert (common > COMMON.bright + 1e-6).mean() == pytest.approx(0.05, abs=0.015)


def test_levels_are_weighted_percentiles() -> None:
    pixels = np.random.default_rng(1).uniform(-0.9, 0.9, size=(9, 7)).astype(np.float32)
    pixels[0] = 0.95
    picture = slice_from_array(pixels, modality="OT").with_pixels(pixels)
    weights = np.exp(-2 * np.linspace(-1, 1, 9)[:, None] ** 2 - 2 * np.linspace(-1, 1, 7) ** 2)
    by_value = sorted(zip(pixels.ravel().tolist(), weights.ravel().tolist(), strict=True))

    def level(share: float) -> float:
        passed = 0.0
        for value, weight in by_value:
            passed += weight
            if passed >= share * weights.sum():
                return value
        raise AssertionError

    levels = levels_of(picture)
    assert (levels.dark, levels.bright) == pytest.approx((level(0.2), level(0.95)), abs=1e-4)


def test_what_a_shift_brings_in_at_the_border_hardly_moves_the_levels(picture: Slice) -> None:
    shifted = np.roll(picture.pixels, 4, axis=0)
    shifted[:4] = 1.0
    before, after = levels_of(picture), levels_of(picture.with_pixels(shifted))
    moved = np.percentile(shifted, 95) - np.percentile(picture.pixels, 95)
    assert after.bright - before.bright < 0.5 * moved


def test_brightness_and_contrast_are_gone_on_common_levels(picture: Slice) -> None:
    changed = picture.with_pixels(0.6 * picture.pixels - 0.2)
    first, second = (to_common(one.pixels, levels_of(one)) for one in (picture, changed))
    np.testing.assert_allclose(first, second, atol=3e-4)
    assert np.abs(changed.pixels - picture.pixels).mean() > 0.1


def test_the_way_back_gives_the_picture_again(picture: Slice) -> None:
    levels = levels_of(picture)
    common = to_common(picture.pixels, levels)
    inside = (common > -1) & (common < 1)
    assert inside.mean() > 0.9
    np.testing.assert_allclose(from_common(common, levels)[inside], picture.pixels[inside], atol=1e-6)


def test_common_levels_are_left_as_they_are(picture: Slice) -> None:
    np.testing.assert_allclose(to_common(picture.pixels, COMMON), picture.pixels, atol=1e-6)


def test_an_even_picture_has_levels_too() -> None:
    levels = levels_of(slice_from_array(np.full((8, 8), 3.0), modality="MR", spacing=(1.0, 1.0)))
    assert levels.bright > levels.dark


def test_levels_are_stored_with_a_picture(picture: Slice, tmp_path: Path) -> None:
    known = Slice(picture.pixels, replace(picture.acquisition, levels=levels_of(picture)))
    path = tmp_path / "picture.png"
    write_slice(path, known)
    assert load_slice(path).acquisition.levels == levels_of(picture)
