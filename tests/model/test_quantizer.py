"""The clustering module against plain NumPy, alone and in two processes."""

import os

import numpy as np
import pytest
import torch
from torch import Tensor, distributed, multiprocessing

from u3edu.model.quantizer import Quantizer


def clustered_embedding(clusters: int = 4, side: int = 16, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Embeddings [1, 3, side, side] scattered around `clusters` far centres [clusters, 3]."""
    generator = torch.Generator().manual_seed(seed)
    centres = 10 * torch.randn(clusters, 3, generator=generator)
    chosen = torch.arange(side * side) % clusters
    vectors = centres[chosen] + 0.1 * torch.randn(side * side, 3, generator=generator)
    return vectors.T.reshape(1, 3, side, side), centres


def start(embedding: Tensor, clusters: int = 4) -> Quantizer:
    quantizer = Quantizer(clusters, embedding.shape[1])
    quantizer.initialise(embedding, torch.Generator().manual_seed(1))
    return quantizer


def test_assigns_the_nearest_mean() -> None:
    generator = torch.Generator().manual_seed(0)
    embedding = torch.randn(2, 5, 6, 7, generator=generator)
    quantizer = Quantizer(4, 5)
    quantizer.means.copy_(torch.randn(4, 5, generator=generator))
    distance = ((embedding.numpy()[:, None] - quantizer.means.numpy()[None, :, :, None, None]) ** 2).sum(
        axis=2
    )
    assert np.array_equal(quantizer.assign(embedding).numpy(), distance.argmin(axis=1))


def test_quantized_embedding_is_the_mean_and_passes_the_gradient_straight_through() -> None:
    embedding, _ = clustered_embedding()
    quantizer = start(embedding)
    embedding.requires_grad_(True)
    quantized, labels = quantizer(embedding)
    expected = quantizer.means[labels].permute(0, 3, 1, 2)
    assert torch.allclose(quantized, expected, atol=1e-5)
    (quantized * torch.arange(3.0)[None, :, None, None]).sum().backward()
    assert embedding.grad is not None
    assert torch.equal(embedding.grad[0, :, 0, 0], torch.arange(3.0))


def test_k_means_sets_means_counts_and_sums_alike() -> None:
    embedding, _ = clustered_embedding()
    quantizer = start(embedding)
    assert quantizer.initialised
    assert float(quantizer.counts.sum()) == 256
    assert torch.allclose(quantizer.sums / quantizer.counts[:, None], quantizer.means, atol=1e-4)


def test_means_follow_an_exponential_moving_average() -> None:
    embedding, _ = clustered_embedding()
    quantizer = start(embedding)
    sums, counts = quantizer.sums.numpy().copy(), quantizer.counts.numpy().copy()
    moved = embedding + 1.0
    labels = quantizer.assign(moved)
    quantizer.update(moved, labels)
    vectors, flat = moved[0].reshape(3, -1).T.numpy(), labels.flatten().numpy()
    for cluster in range(4):
        sums[cluster] = 0.99 * sums[cluster] + 0.01 * vectors[flat == cluster].sum(axis=0)
        counts[cluster] = 0.99 * counts[cluster] + 0.01 * (flat == cluster).sum()
    assert np.allclose(quantizer.means.numpy(), sums / counts[:, None], atol=1e-4)


def test_a_cluster_without_pixels_is_moved_to_pixels_that_fit_badly() -> None:
    embedding, centres = clustered_embedding()
    quantizer = Quantizer(4, 3)
    # Three centres known, the fourth mean so far away that no pixel chooses it.
    quantizer.means.copy_(torch.cat([centres[:3], torch.full((1, 3), 1e3)]))
    quantizer.sums.copy_(quantizer.means * 64)
    quantizer.counts.copy_(torch.tensor([64.0, 64.0, 64.0, 0.0]))
    labels = quantizer.assign(embedding)
    assert quantizer.revive(embedding, labels, torch.Generator().manual_seed(0), below=0.01) == 1
    assert torch.bincount(quantizer.assign(embedding).flatten(), minlength=4).tolist() == [64, 64, 64, 64]
    assert quantizer.revive(embedding, labels, torch.Generator().manual_seed(0), below=0.01) == 0


def run_process(rank: int, folder: str) -> None:
    os.environ.update(MASTER_ADDR="127.0.0.1", GLOO_SOCKET_IFNAME="lo")
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    embedding, _ = clustered_embedding(seed=rank)
    quantizer = Quantizer(6, 3)
    quantizer.initialise(embedding, torch.Generator().manual_seed(rank))
    first_counts = quantizer.counts.clone()
    for step in range(5):
        moved = embedding + 0.1 * step * (rank + 1)
        labels = quantizer.assign(moved)
        quantizer.update(moved, labels)
        quantizer.counts[5] = 0.0
        quantizer.revive(moved, labels, torch.Generator().manual_seed(10 * step + rank), below=0.01)
    state = {name: getattr(quantizer, name) for name in ("means", "sums", "counts")}
    torch.save({**state, "first_counts": first_counts}, f"{folder}/{rank}.pt")
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Tensor]]:
    """What two processes with different pictures and seeds hold after the same steps."""
    if not distributed.is_available():
        pytest.skip("this torch was built without distributed")
    folder = tmp_path_factory.mktemp("gloo")
    multiprocessing.spawn(run_process, args=(str(folder),), nprocs=2)
    return [torch.load(folder / f"{rank}.pt") for rank in range(2)]


@pytest.mark.parametrize("name", ["means", "sums", "counts"])
def test_two_processes_hold_the_same(processes: list[dict[str, Tensor]], name: str) -> None:
    assert torch.equal(processes[0][name], processes[1][name])


def test_two_processes_count_the_pixels_of_both(processes: list[dict[str, Tensor]]) -> None:
    assert float(processes[0]["first_counts"].sum()) == 2 * 256
