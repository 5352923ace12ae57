"""Pixels of another size: what they show stays where it is in mm, as fine as it was."""

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.resampling import resampled
from u3edu.imaging.slice import Slice

WAVELENGTHS = (6.0, 9.0)


def waves(spacing: tuple[float, float], shape: tuple[int, int]) -> Slice:
    """Waves of known lengths in mm about the middle of a picture, in [-1, 1]."""
    rows, columns = (
        (np.arange(count) - (count - 1) / 2) * step for count, step in zip(shape, spacing, strict=True)
    )
    wave = np.cos(2 * np.pi * rows[:, None] / WAVELENGTHS[0]) * np.cos(2 * np.pi * columns / WAVELENGTHS[1])
    empty = slice_from_array(np.zeros(shape), modality="MR", spacing=spacing)
    return empty.with_pixels(wave.astype(np.float32))


@pytest.mark.parametrize("spacing", [0.55, 0.7, 0.9])
def test_waves_keep_their_length_and_height_in_mm(spacing: float) -> None:
    picture = resampled(waves((0.7, 0.7), (120, 100)), spacing)
    expected = waves((spacing, spacing), picture.shape)
    inside = (slice(8, -8), slice(8, -8))
    np.testing.assert_allclose(picture.pixels[inside], expected.pixels[inside], atol=0.01)


def test_the_field_of_view_and_the_ratio_of_both_directions_stay() -> None:
    picture = waves((0.5, 0.8), (120, 100))
    larger = resampled(picture, 0.9)
    assert larger.pixel_size == pytest.approx(0.9)
    assert larger.spacing[1] / larger.spacing[0] == pytest.approx(1.6)
    for before, after, old, new in zip(
        picture.shape, larger.shape, picture.spacing, larger.spacing, strict=True
    ):
        assert 0 <= (before - 1) * old - (after - 1) * new < new


def test_the_same_size_gives_the_same_picture() -> None:
    picture = waves((0.5, 0.8), (40, 50))
    again = resampled(picture, picture.pixel_size)
    assert again.shape == picture.shape
    np.testing.assert_allclose(again.pixels, picture.pixels, atol=1e-6)
