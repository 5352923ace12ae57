"""Clusters that came out empty: what they get of others."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net
from u3edu.training.dividing import divide_clusters
from u3edu.training.stage1_config import Division, Stage1Config
from u3edu.training.watch import ClusterWatch


@pytest.fixture
def pictures() -> list[Slice]:
    return [pelvic_phantom(number).picture for number in range(2)]


class NearBrightness(nn.Module):
    """Features that are brightness, and brightness of the surroundings a little."""

    stride = 1

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([images, 0.3 * functional.avg_pool2d(images, 3, stride=1, padding=1)], dim=1)


@pytest.fixture
def network(pictures: list[Slice]) -> U3Net:
    """Three clusters by K-means, and two that lie too far away to hold a pixel."""
    config = U3NetConfig(encoder_widths=(4, 8), decoder_widths=(4, 8), embedding_size=2, elements=5)
    network = U3Net(config).eval()
    network.encoder.features = NearBrightness()
    quantizer = network.encoder.quantizer
    with torch.no_grad():
        embedding = network.encoder(torch.tensor(np.stack([picture.pixels for picture in pictures]))[:, None])
        quantizer.means = quantizer.means[:3]
        quantizer.sums, quantizer.counts = quantizer.sums[:3], quantizer.counts[:3]
        quantizer.initialise(embedding, torch.Generator().manual_seed(0))
        far = torch.full((2, 2), 1e3)
        quantizer.means = torch.cat([far[:1], quantizer.means, far[1:]])
        quantizer.sums, quantizer.counts = torch.zeros(5, 2), torch.ones(5)
    return network


def labels_of(network: U3Net, pictures: list[Slice]) -> np.ndarray:
    return np.stack([network.encoder.segment(torch.tensor(p.pixels)[None, None])[0] for p in pictures])


def shares(labels: np.ndarray) -> np.ndarray:
    return np.bincount(labels.ravel(), minlength=5) / labels.size


def brightness(labels: np.ndarray, pictures: list[Slice], cluster: int) -> float:
    return float(np.stack([picture.pixels for picture in pictures])[labels == cluster].mean())


def test_an_empty_cluster_gets_the_bright_part_of_the_one_that_is_divided(network, pictures):
    before = labels_of(network, pictures)
    assert shares(before)[0] == shares(before)[4] == 0
    darkest = min((1, 2, 3), key=lambda k: brightness(before, pictures, k))
    others = [k for k in (1, 2, 3) if k != darkest]
    kept = network.encoder.quantizer.means[others].clone()
    divide_clusters(network, pictures, [Division(element=0, dark=0.7)], 0.01)
    after = labels_of(network, pictures)
    assert torch.equal(network.encoder.quantizer.means[others], kept)
    assert shares(after)[4] == 0
    assert shares(after)[0] > 0.1 * shares(before)[darkest] < shares(after)[darkest]
    assert brightness(after, pictures, darkest) < brightness(before, pictures, darkest)
    assert brightness(before, pictures, darkest) < brightness(after, pictures, 0)


def test_divisions_count_the_clusters_anew_from_dark_to_bright(network, pictures):
    once, twice = copy.deepcopy(network), network
    half = Division(element=0, dark=0.5)
    divide_clusters(once, pictures, [half], 0.001)
    divide_clusters(twice, pictures, [half, half], 0.001)
    before, after = labels_of(once, pictures), labels_of(twice, pictures)
    darkest = min(range(4), key=lambda k: brightness(before, pictures, k))
    assert shares(before)[4] == 0 < shares(after).min()
    assert brightness(after, pictures, darkest) < brightness(after, pictures, 4)
    assert brightness(after, pictures, 4) < brightness(after, pictures, 0)
    assert np.isin(before[after == 4], [darkest, 0]).mean() > 0.95
    quantizer = twice.encoder.quantizer
    assert torch.allclose(quantizer.sums, quantizer.means * quantizer.counts[:, None])
    np.testing.assert_allclose(quantizer.counts / quantizer.counts.sum(), shares(after), atol=0.01)


def test_too_few_empty_clusters_are_said(network, pictures):
    division = Division(element=0, dark=0.5)
    with pytest.raises(ValueError, match="3 divisions are wanted, and 2 elements are empty"):
        divide_clusters(network, pictures, [division] * 3, 0.001)


def test_a_number_beyond_the_clusters_is_said(network, pictures):
    with pytest.raises(ValueError, match=r"element 3 can't be divided: 3 elements hold pixels"):
        divide_clusters(network, pictures, [Division(element=3, dark=0.5)], 0.01)


@pytest.mark.parametrize(("divisions", "told"), [(0, True), (1, True), (2, False)])
def test_empty_clusters_that_will_be_filled_are_no_news(network, divisions, told):
    config = Stage1Config(
        name="x", modality="MR", steps=10, divisions=[Division(element=0, dark=0.5)] * divisions
    )
    network.encoder.quantizer.counts = torch.tensor([0.0, 1, 1, 1, 0])
    said = ClusterWatch(config).look(9, network.encoder.quantizer)
    assert (said is not None and "dead" in said) == told
