"""What the encoder sees of a pixel's surroundings."""

import numpy as np
import torch
from scipy import ndimage

from u3edu.model.config import U3NetConfig
from u3edu.model.encoder import Encoder
from u3edu.model.surroundings import against_surroundings


def test_the_view_is_the_distance_from_the_local_mean_in_local_deviations() -> None:
    smooth = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(128, 128)), 12) * 5
    grain = np.random.default_rng(1).normal(size=(128, 128)) * 0.2
    picture = (smooth + grain).astype(np.float32)
    mean = ndimage.uniform_filter(picture, 65)
    deviation = np.sqrt(ndimage.uniform_filter(picture**2, 65) - mean**2)
    expected = (picture - mean) / (deviation + 0.05) / 2
    view = against_surroundings(torch.from_numpy(picture)[None, None], side=64, step=8)[0, 0].numpy()
    inside = (slice(40, -40), slice(40, -40))
    np.testing.assert_allclose(view[inside], expected.clip(-1.5, 1.5)[inside], atol=0.06)


def test_brightness_and_contrast_hardly_change_the_view() -> None:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(2, 1, 96, 96, generator=generator)
    view = against_surroundings(images, 64, 8)
    changed = against_surroundings(1.3 * images - 0.4, 64, 8)
    assert (changed - view).abs().max() < 0.03
    assert (1.3 * images - 0.4 - images).abs().max() > 0.5


def test_the_view_stays_in_its_range_and_even_surroundings_give_zero() -> None:
    images = torch.full((1, 1, 64, 64), -1.0)
    assert torch.equal(against_surroundings(images, 64, 8), torch.zeros(1, 1, 64, 64))
    images[0, 0, 30, 30] = 1e3
    assert against_surroundings(images, 64, 8).abs().max() == 1.5


def test_an_encoder_with_surroundings_and_average_pooling_labels_pictures() -> None:
    config = U3NetConfig(encoder_widths=(4, 8, 8), surroundings=32, encoder_pooling="average")
    encoder = Encoder(config).eval()
    assert encoder(torch.zeros(1, 1, 32, 64)).shape == (1, 16, 32, 64)
    assert encoder.segment(torch.zeros(1, 1, 32, 64)).shape == (1, 32, 64)
