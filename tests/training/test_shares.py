"""Clusters that hold too few pixels: how they get some of their neighbour's."""

import numpy as np
import pytest
import torch

from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.slice import Slice
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net
from u3edu.training.shares import widen_small_clusters


@pytest.fixture
def pictures() -> list[Slice]:
    return [pelvic_phantom(number).picture for number in range(2)]


@pytest.fixture
def network(pictures: list[Slice]) -> U3Net:
    """Four clusters by K-means; the last one's mean is then moved away from nearly all pixels."""
    torch.manual_seed(0)
    config = U3NetConfig(encoder_widths=(4, 8), decoder_widths=(4, 8), embedding_size=4, elements=4)
    network = U3Net(config).eval()
    images = torch.tensor(np.stack([picture.pixels for picture in pictures]))[:, None]
    with torch.no_grad():
        embedding = network.encoder(images)
        network.encoder.quantizer.initialise(embedding, torch.Generator().manual_seed(0))
        vectors = embedding[:, :, 8:-8, 8:-8].permute(0, 2, 3, 1).flatten(0, 2)
        quantizer = network.encoder.quantizer
        farthest = vectors[(vectors - vectors.mean(dim=0)).norm(dim=1).argmax()]
        quantizer.means[3] = quantizer.means[0] + 1.5 * (farthest - quantizer.means[0])
    return network


def shares(network: U3Net, pictures: list[Slice]) -> np.ndarray:
    labels = [network.encoder.segment(torch.tensor(picture.pixels)[None, None]) for picture in pictures]
    counts = torch.bincount(torch.cat(labels).flatten(), minlength=4)
    return (counts / counts.sum()).numpy()


def test_a_small_cluster_takes_from_its_nearest_neighbour_alone(
    network: U3Net, pictures: list[Slice]
) -> None:
    quantizer = network.encoder.quantizer
    before, means = shares(network, pictures), quantizer.means.clone()
    distances = (means[:3] - means[3]).norm(dim=1)
    assert before[3] < 0.01
    assert widen_small_clusters(network, pictures, 0.01) == (3,)
    after = shares(network, pictures)
    # Counted on every ninth pixel, measured on all.
    assert 0.009 < after[3] < 0.05
    assert torch.equal(quantizer.means[:3], means[:3])
    lost = before[:3] - after[:3]
    assert lost.argmax() == int(distances.argmin()) and lost.max() > 0.9 * (after[3] - before[3])
    assert torch.allclose(quantizer.sums[3], quantizer.means[3] * quantizer.counts[3])


def test_large_clusters_stay_as_they_are(network: U3Net, pictures: list[Slice]) -> None:
    before = network.encoder.quantizer.means.clone()
    assert widen_small_clusters(network, pictures, 0.0) == ()
    assert torch.equal(network.encoder.quantizer.means, before)


def test_what_can_not_be_reached_is_said_and_nothing_is_moved(network: U3Net, pictures: list[Slice]) -> None:
    before = network.encoder.quantizer.means.clone()
    with pytest.raises(ValueError, match=r"element \d can't be made to hold 90.00% .* lower smallest_share"):
        widen_small_clusters(network, pictures, 0.9)
    assert torch.equal(network.encoder.quantizer.means, before)
