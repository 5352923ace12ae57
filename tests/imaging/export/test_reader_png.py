"""`reader_png`: pictures for reader tests, of which nothing but the picture tells."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.export.reader_png import SIZE, reader_png
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice, Source, Window


def pixels_of(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        assert image.mode == "L" and image.format == "PNG"
        assert image.info == {}
        return np.asarray(image)


@pytest.fixture(scope="module")
def pelvis() -> Slice:
    return pelvic_phantom(1, shape=(128, 128), spacing=3.2).picture


def test_every_file_has_the_same_length_whatever_it_shows(pelvis: Slice) -> None:
    rng = np.random.default_rng(0)
    noise = slice_from_array(rng.normal(100, 20, (90, 130)), modality="MR", spacing=(1.0, 0.5))
    black = slice_from_array(np.zeros((40, 40)), modality="MR")
    chest = chest_phantom(1, healthy=True, shape=(128, 128), spacing=2.8).picture
    files = [reader_png(picture) for picture in (pelvis, noise, black, chest)]
    assert len({len(file) for file in files}) == 1
    assert {pixels_of(file).shape for file in files} == {(SIZE, SIZE)}


def test_file_size_value_range_and_noise_floor_are_those_of_every_picture() -> None:
    """So no classifier on them can tell a scanner's pictures from smooth ones."""
    properties = set()
    for seed in range(4):
        picture = pelvic_phantom(seed, shape=(96, 96), spacing=4.4).picture
        smooth = picture.with_pixels(ndimage.gaussian_filter(picture.pixels, 0.8))
        for shown in (picture, smooth):
            content = reader_png(shown)
            pixels = pixels_of(content)
            floor = float(pixels[:60, :60].std())
            properties.add((len(content), int(pixels.min()), int(pixels.max()), floor))
    assert len(properties) == 1


def test_the_same_picture_gives_the_same_bytes_whether_real_or_synthetic(pelvis: Slice) -> None:
    acquisition = replace(
        pelvis.acquisition,
        synthetic=not pelvis.acquisition.synthetic,
        source=Source(collection="PROSTATEx", description="anything"),
    )
    assert reader_png(pelvis) == reader_png(Slice(pelvis.pixels, acquisition))


def test_air_is_black_in_a_noisy_picture_and_in_one_without_noise(pelvis: Slice) -> None:
    rng = np.random.default_rng(1)
    noisy = pelvis.with_pixels(
        np.clip(pelvis.pixels + rng.normal(0, 0.02, pelvis.shape), -1, 1).astype(np.float32)
    )
    for picture in (pelvis, noisy):
        shown = pixels_of(reader_png(picture))
        assert shown[:20].max() == 0 and shown[:60, :60].max() == 0
        assert shown.max() == 255


def test_pixels_become_square_and_the_rest_is_padded() -> None:
    wide = slice_from_array(np.full((50, 100), 7.0), modality="MR", spacing=(1.0, 1.0))
    shown = pixels_of(reader_png(wide, Window("all", centre=0.0, width=1.0)))
    assert (shown[130:382] == 255).all() and (shown[:128] == 0).all() and (shown[384:] == 0).all()
    square = slice_from_array(np.full((50, 100), 7.0), modality="MR", spacing=(2.0, 1.0))
    assert (pixels_of(reader_png(square, Window("all", centre=0.0, width=1.0))) == 255).all()


def test_ct_air_has_one_darkest_level_whether_it_ends_at_a_scanners_limit_or_below() -> None:
    chest = chest_phantom(2, healthy=True, shape=(128, 128), spacing=2.8).picture
    raw = chest.raw.copy()
    raw[60:70, 60:70] = -1000.0
    levels = []
    for lowest in (-1024.0, -1060.0):
        pixels = chest.acquisition.scale.to_pixels(np.maximum(np.where(raw == -1000.0, lowest, raw), lowest))
        levels.append(set(np.unique(pixels_of(reader_png(chest.with_pixels(pixels.astype(np.float32)))))))
    assert levels[0] == levels[1]


def test_ct_keeps_the_window_that_it_opens_with() -> None:
    chest = chest_phantom(2, healthy=True, shape=(128, 128), spacing=2.8).picture
    lung, narrow = (pixels_of(reader_png(chest, window)) for window in (None, chest.acquisition.windows[1]))
    assert np.array_equal(lung, pixels_of(reader_png(chest, chest.acquisition.windows[0])))
    assert not np.array_equal(lung, narrow)
