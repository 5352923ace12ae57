"""The cluster loss against NumPy."""

import numpy as np
import torch

from u3edu.training.losses.cluster import cluster_loss


def test_against_numpy() -> None:
    numbers = np.random.default_rng(0)
    embedding, assigned = numbers.normal(size=(2, 2, 3, 4, 5)).astype(np.float32)
    total = 0.0
    for image in range(2):
        for row in range(4):
            for column in range(5):
                total += (
                    np.linalg.norm(assigned[image, :, row, column] - embedding[image, :, row, column]) ** 2
                )
    loss = cluster_loss(torch.from_numpy(embedding), torch.from_numpy(assigned))
    assert np.isclose(loss.item(), total / (2 * 4 * 5), rtol=1e-5)


def test_pulls_the_embedding_and_not_the_mean() -> None:
    embedding = torch.ones(1, 2, 1, 1, requires_grad=True)
    assigned = torch.zeros(1, 2, 1, 1, requires_grad=True)
    cluster_loss(embedding, assigned).backward()
    assert embedding.grad is not None and (embedding.grad > 0).all()
    assert assigned.grad is None
