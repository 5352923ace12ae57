"""The encoder's Gaussian."""

import numpy as np
import torch
from scipy import ndimage

from u3edu.model.blur import blurred
from u3edu.model.config import U3NetConfig
from u3edu.model.encoder import Encoder


def test_against_scipy() -> None:
    images = torch.rand(2, 1, 20, 30, generator=torch.Generator().manual_seed(0)) * 2 - 1
    expected = [
        ndimage.gaussian_filter(image.astype(np.float64), 0.8, mode="nearest", radius=3)
        for image in images[:, 0].numpy()
    ]
    assert np.allclose(blurred(images, 0.8)[:, 0].numpy(), expected, atol=1e-6)


def test_none_leaves_the_images_as_they_are() -> None:
    images = torch.rand(1, 1, 8, 8)
    assert torch.equal(blurred(images, 0), images)


def test_precision_is_kept_under_autocast() -> None:
    images = torch.full((1, 1, 8, 8), 0.123456)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.allclose(blurred(images, 1.0), images, atol=1e-6)


def test_an_encoder_with_it_sees_less_noise() -> None:
    images = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 0.1
    sharp, smooth = (Encoder(U3NetConfig(encoder_blur=blur)).views(images).std() for blur in (0.0, 1.0))
    assert smooth < 0.4 * sharp
