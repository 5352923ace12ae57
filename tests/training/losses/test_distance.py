"""The distance loss against NumPy."""

import numpy as np
import pytest
import torch

from u3edu.training.losses.distance import batch_means, distance_loss


@pytest.mark.parametrize("margin", [0.1, 0.7, 3.0])
def test_against_numpy(margin: float) -> None:
    means = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    total = 0.0
    for first in range(5):
        for second in range(5):
            if first != second:
                total += max(2 * margin - np.linalg.norm(means[first] - means[second]), 0) ** 2
    loss = distance_loss(torch.from_numpy(means), margin)
    assert np.isclose(loss.item(), total / (5 * 4), rtol=1e-5, atol=1e-7)


def test_means_of_the_batch_against_numpy() -> None:
    numbers = np.random.default_rng(1)
    embedding = numbers.normal(size=(2, 3, 4, 5)).astype(np.float32)
    labels = numbers.integers(0, 3, size=(2, 4, 5))
    known = numbers.normal(size=(4, 3)).astype(np.float32)
    means = batch_means(torch.from_numpy(embedding), torch.from_numpy(labels), torch.from_numpy(known))
    vectors = np.moveaxis(embedding, 1, -1)
    for cluster in range(3):
        assert np.allclose(means[cluster].numpy(), vectors[labels == cluster].mean(axis=0), atol=1e-5)
    assert np.array_equal(means[3].numpy(), known[3])


def test_pushes_embeddings_of_near_clusters_apart() -> None:
    embedding = torch.tensor([[[[0.0, 0.1]]]], requires_grad=True)
    labels = torch.tensor([[[0, 1]]])
    distance_loss(batch_means(embedding, labels, torch.zeros(2, 1)), margin=1.0).backward()
    assert embedding.grad is not None
    left, right = embedding.grad.flatten().tolist()
    # Gradient descent moves against the gradient: the left one further left, the right one right.
    assert left > 0 > right


def test_coinciding_means_give_a_finite_gradient() -> None:
    means = torch.zeros(3, 2, requires_grad=True)
    distance_loss(means, margin=1.0).backward()
    assert means.grad is not None and torch.isfinite(means.grad).all()
