"""The U-Net discriminator judges every pixel and the whole."""

import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter

from u3edu.model.discriminator import Discriminator, DiscriminatorConfig, fine_detail, judge

SMALL = DiscriminatorConfig(widths=(6, 8, 10))


@pytest.fixture
def discriminator() -> Discriminator:
    torch.manual_seed(0)
    return Discriminator(SMALL)


def test_it_judges_each_pixel_and_each_image(discriminator: Discriminator) -> None:
    judgement = judge(discriminator, torch.rand(2, 1, 24, 16))
    assert judgement.pixels.shape == (2, 1, 24, 16)
    assert judgement.wholes.shape == (2,)
    sizes = [tuple(feature.shape[1:]) for feature in judgement.features]
    assert sizes == [(6, 24, 16), (8, 12, 8), (10, 6, 4), (8, 12, 8), (6, 24, 16)]


def test_an_image_is_judged_alike_in_whatever_company(discriminator: Discriminator) -> None:
    images = torch.rand(3, 1, 16, 16)
    together = judge(discriminator, images).split(1)
    for image, judgement in zip(images.split(1), together, strict=True):
        alone = judge(discriminator, image)
        assert torch.allclose(alone.pixels, judgement.pixels, atol=1e-5)
        assert torch.allclose(alone.wholes, judgement.wholes, atol=1e-5)
        assert torch.allclose(alone.features[2], judgement.features[2], atol=1e-5)


def test_the_whole_is_judged_from_the_bottleneck_alone(discriminator: Discriminator) -> None:
    judge(discriminator, torch.rand(1, 1, 16, 16)).wholes.sum().backward()
    gradients = {name: parameter.grad for name, parameter in discriminator.named_parameters()}
    assert all(
        (gradient is not None) == name.startswith(("down", "whole")) for name, gradient in gradients.items()
    )


def test_both_answers_reach_every_parameter_and_the_image(discriminator: Discriminator) -> None:
    images = torch.rand(2, 1, 16, 16, requires_grad=True)
    judgement = judge(discriminator, images)
    (judgement.pixels.square().mean() + judgement.wholes.sum()).backward()
    assert all(parameter.grad is not None for parameter in discriminator.parameters())
    assert images.grad is not None and (images.grad != 0).any()


def test_the_signal_keeps_its_size_through_the_layers() -> None:
    torch.manual_seed(0)
    discriminator = Discriminator(DiscriminatorConfig())
    features = judge(discriminator, torch.randn(2, 1, 64, 64)).features
    sizes = [float(feature.detach().square().mean().sqrt()) for feature in features]
    assert min(sizes) > 0.1 and max(sizes) < 10


def test_fine_detail_against_scipy() -> None:
    images = np.random.default_rng(0).normal(size=(2, 1, 7, 9)).astype(np.float32)
    expected = images - uniform_filter(images, size=(1, 1, 3, 3), mode="nearest")
    assert np.allclose(fine_detail(torch.from_numpy(images)).numpy(), expected, atol=1e-5)


def test_detail_is_an_input_of_its_own_unless_left_out() -> None:
    assert Discriminator(DiscriminatorConfig(widths=(4,))).down[0][0].in_channels == 2
    windowed = Discriminator(DiscriminatorConfig(widths=(4,), windows=((0.0, 0.2),)))
    assert windowed.down[0][0].in_channels == 3
    plain = Discriminator(DiscriminatorConfig(widths=(4,), detail_gain=0))
    assert plain.down[0][0].in_channels == 1
    assert judge(plain, torch.rand(1, 1, 8, 8)).pixels.shape == (1, 1, 8, 8)


def test_spectral_norm_bounds_each_layer() -> None:
    torch.manual_seed(0)
    discriminator = Discriminator(DiscriminatorConfig(widths=(6, 8), spectral_norm=True))
    for _ in range(30):
        discriminator(torch.rand(1, 1, 16, 16))
    for layer in discriminator.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            largest = torch.linalg.svdvals(layer.weight.flatten(1))[0]
            assert 0.8 < float(largest.detach()) < 1.1
