"""The photometric transformations."""

import numpy as np
import pytest
import torch

from u3edu.training.transforms.photometric import PhotometricMagnitude, draw_photometry

ALL = {"brightness": 0.1, "contrast": 0.1, "blur": 1.5, "posterize": 4, "noise": 0.05}


def images() -> torch.Tensor:
    return torch.rand(4, 1, 24, 24, generator=torch.Generator().manual_seed(0)) - 0.5


def transformed(seed: int = 0, **magnitude: float) -> torch.Tensor:
    photometry = draw_photometry(PhotometricMagnitude(**magnitude), 4, torch.Generator().manual_seed(seed))
    return photometry.apply(images())


def test_no_magnitude_leaves_images_alone() -> None:
    assert torch.allclose(transformed(), images(), atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_each_transformation_changes_images_within_their_range(name: str) -> None:
    changed = transformed(**{name: ALL[name]})
    assert changed.shape == images().shape
    assert (changed - images()).abs().mean() > 1e-3
    assert changed.min() >= -1 and changed.max() <= 1


def test_the_same_parameters_give_the_same_images() -> None:
    photometry = draw_photometry(PhotometricMagnitude(**ALL), 4, torch.Generator().manual_seed(3))
    assert torch.equal(photometry.apply(images()), photometry.apply(images()))


def test_brightness_shifts_by_twice_its_parameter_because_the_range_is_two() -> None:
    photometry = draw_photometry(PhotometricMagnitude(brightness=0.05), 4, torch.Generator().manual_seed(1))
    shift = (photometry.apply(images()) - images()).mean(dim=(1, 2, 3))
    assert np.allclose(shift, 2 * photometry.brightness, atol=1e-5)
    assert shift.abs().max() <= 0.1


def test_contrast_keeps_the_mean() -> None:
    changed = transformed(contrast=0.2)
    assert torch.allclose(changed.mean(dim=(1, 2, 3)), images().mean(dim=(1, 2, 3)), atol=1e-4)
    assert not torch.allclose(changed.std(dim=(1, 2, 3)), images().std(dim=(1, 2, 3)), atol=1e-4)


def test_posterize_leaves_few_levels() -> None:
    assert len(transformed(posterize=7)[0].unique()) < len(images()[0].unique()) / 2


def test_a_part_of_a_batch_gets_what_it_gets_in_the_whole() -> None:
    photometry = draw_photometry(PhotometricMagnitude(**ALL), 4, torch.Generator().manual_seed(2))
    whole, part = photometry.apply(images()), photometry.part(slice(2, 4)).apply(images()[2:])
    # Up to the tails of the blur, which reach as far as the strongest of a batch.
    assert torch.allclose(part, whole[2:], atol=0.01)


def test_noise_differs_from_image_to_image() -> None:
    grain = transformed(noise=0.05) - images()
    correlations = np.corrcoef(grain.flatten(1).numpy())
    assert np.abs(correlations - np.eye(4)).max() < 0.2
