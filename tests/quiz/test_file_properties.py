"""Size, value range and noise in air of published pictures do not tell real from synthetic ones."""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from benchmarks.file_properties import area_under_curve, compare
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice


def drawn(picture: Slice, seed: int) -> Slice:
    """The same patient as a decoder leaves it: smooth, without noise in air, darker and narrower."""
    smooth = ndimage.gaussian_filter(picture.pixels, 0.8)
    shade = np.random.default_rng(seed).uniform(0.7, 0.9)
    pixels = (shade * smooth - 0.05).astype(np.float32)
    return Slice(pixels, replace(picture.acquisition, synthetic=True))


def test_size_range_and_noise_in_air_do_not_tell_phantoms_from_what_was_drawn_of_them() -> None:
    real = [pelvic_phantom(seed, shape=(128, 128), spacing=3.6).picture for seed in range(6)]
    found = compare(real, [drawn(picture, seed) for seed, picture in enumerate(real)])
    for name in ("size_and_range", "corner_noise"):
        _, low, high = found[name]
        assert low <= 0.5 <= high, (name, found)


def test_the_classifier_finds_a_difference_where_there_is_one() -> None:
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(0, 1, (20, 3)), rng.normal([2, 0, 0], 1, (20, 3))
    area, low, _ = area_under_curve(real, synthetic)
    assert area > 0.7 and low > 0.5
