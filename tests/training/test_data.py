"""Training crops."""

import numpy as np
import pytest
import torch

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.engine.local import LocalEngine
from u3edu.imaging.array import slice_from_array
from u3edu.training.data import CropSampler, LabelledCrops, relative_grain, step_generator
from u3edu.training.stage2_config import Stage2Config


def test_the_same_step_gives_the_same_batch() -> None:
    crops = CropSampler((np.random.default_rng(0).random((40, 40), dtype=np.float32),), crop=16)
    assert torch.equal(crops.batch(3, step_generator(1, 7)), crops.batch(3, step_generator(1, 7)))
    assert not torch.equal(crops.batch(3, step_generator(1, 7)), crops.batch(3, step_generator(1, 8)))


def test_crops_are_centred_on_the_foreground_as_far_as_the_border_allows() -> None:
    picture = np.full((64, 64), -1, dtype=np.float32)
    picture[40, 40] = 1
    picture[0, 63] = 1
    batch = CropSampler((picture,), crop=16, foreground_above=0.0).batch(20, step_generator(0, 0))
    assert (batch.amax(dim=(1, 2, 3)) == 1).all()


def test_every_corner_of_a_picture_is_reached() -> None:
    picture = np.arange(18 * 18, dtype=np.float32).reshape(18, 18)
    batch = CropSampler((picture,), crop=16).batch(200, step_generator(0, 0))
    assert set(batch[:, 0, 0, 0].tolist()) == {0, 1, 2, 18, 19, 20, 36, 37, 38}


def test_originals_get_their_share_and_more() -> None:
    pictures = tuple(np.full((16, 16), value, dtype=np.float32) for value in (-0.5, 0.0, 0.5, 1.0))
    crops = CropSampler(pictures, crop=16, originals=1, originals_share=0.5)
    values = crops.batch(2000, step_generator(0, 0))[:, 0, 0, 0]
    # Half of all, and a quarter of the other half.
    assert (values == -0.5).float().mean().item() == pytest.approx(0.625, abs=0.04)
    assert values.unique().tolist() == [-0.5, 0.0, 0.5, 1.0]


def test_pictures_smaller_than_a_crop_are_padded_with_their_lowest_value() -> None:
    picture = slice_from_array(np.linspace(0, 100, 20 * 40).reshape(20, 40).astype(np.float32), modality="MR")
    batch = CropSampler.of([picture], crop=32).batch(1, step_generator(0, 0))
    assert batch.shape == (1, 1, 32, 32)
    assert (batch[0, 0, :6] == batch.min()).all()


def test_no_slice_is_refused() -> None:
    with pytest.raises(ValueError, match="no slice"):
        CropSampler.of([], crop=32)


def test_labels_are_those_of_the_whole_picture_at_the_place_of_the_crop() -> None:
    numbers = np.random.default_rng(0)
    shapes = [(48, 40), (20, 64)]
    pictures = [
        slice_from_array(numbers.normal(size=shape).astype(np.float32), modality="MR", spacing=spacing)
        for shape, spacing in zip(shapes, [(0.5, 0.5), (0.4, 0.9)], strict=True)
    ]
    engine = LocalEngine(random_network(SMALL), card_for(SMALL), device="cpu")
    labelled = LabelledCrops.of(pictures, engine, Stage2Config(name="test", modality="MR", crop=32))
    assert np.array_equal(labelled.label_maps[0], engine.segment(pictures[0]).labels)
    assert [labels.shape for labels in labelled.label_maps] == [(48, 40), (32, 64)]
    images, labels, grain, spacings = labelled.batch(6, step_generator(3, 1))
    assert torch.equal(images, labelled.crops.batch(6, step_generator(3, 1)))
    assert grain.tolist() == pytest.approx(
        [labelled.grain[index] for index, _ in labelled.crops.places(6, step_generator(3, 1))]
    )
    assert sorted(set(spacings)) == pytest.approx([0.5, 0.6])
    for image, (index, box) in zip(labels, labelled.crops.places(6, step_generator(3, 1)), strict=True):
        assert np.array_equal(image.numpy(), labelled.label_maps[index][box])


def test_labels_reach_beyond_the_crop_by_the_halo_and_repeat_at_the_border_of_the_picture() -> None:
    labels = np.arange(40 * 40).reshape(40, 40) % 251
    sampler = CropSampler((np.zeros((40, 40), np.float32),), crop=32)
    labelled = LabelledCrops(sampler, (labels.astype(np.uint8),), grain=(1.0,), spacings=(1.0,), halo=16)
    _, given, _, _ = labelled.batch(4, step_generator(0, 0))
    assert given.shape == (4, 64, 64)
    for one, (_, (rows, columns)) in zip(given, sampler.places(4, step_generator(0, 0)), strict=True):
        around = [np.arange(side.start - 16, side.stop + 16).clip(0, 39) for side in (rows, columns)]
        assert np.array_equal(one.numpy(), labels[np.ix_(*around)])


def test_grain_is_relative_to_the_mean_noise_of_all_pictures() -> None:
    noise = np.random.default_rng(0).normal(size=(2, 64, 64)).astype(np.float32)
    pictures = [slice_from_array(one, modality="OT") for one in noise]
    pictures = [
        picture.with_pixels(sigma * one)
        for picture, one, sigma in zip(pictures, noise, (0.05, 0.15), strict=True)
    ]
    labels = [np.zeros((64, 64), np.uint8)] * 2
    assert relative_grain(pictures, labels, 3) == pytest.approx((0.5, 1.5), rel=0.05)
