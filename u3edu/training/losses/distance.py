"""The distance loss: inter-cluster push force (paper section 2.1)."""

import torch
from torch import Tensor

from u3edu.model.parallel import mean_of_all_processes


def distance_loss(means: Tensor, margin: float) -> Tensor:
    """Push mean vectors at least two margins apart.

    ``1 / (K (K - 1)) sum_{A != B} [2 m - ||mu^A - mu^B||]_+^2``

    Parameters
    ----------
    means : float [K, D]
        For a gradient they must depend on the batch's embeddings: see `batch_means`.
    margin : float
        m, half the smallest distance wanted.

    Returns
    -------
    float, a scalar
    """
    clusters = len(means)
    first, second = torch.triu_indices(clusters, clusters, offset=1, device=means.device)
    # The tiny term keeps the root's gradient finite where two means coincide.
    distance = ((means[first] - means[second]).square().sum(dim=1) + 1e-12).sqrt()
    return 2 * (2 * margin - distance).clamp(min=0).square().sum() / (clusters * (clusters - 1))


def batch_means(embedding: Tensor, labels: Tensor, means: Tensor) -> Tensor:
    """Mean vectors of this batch's clusters, which carry a gradient to the embeddings.

    Those of all processes' pixels under data parallelism. Means that follow the embeddings by a
    moving average are constants to the optimiser, so that a loss on them would move nothing.

    Parameters
    ----------
    embedding : float [B, D, H, W]
    labels : int64 [B, H, W]
    means : float [K, D]
        Stands in for clusters without a pixel in the batch.

    Returns
    -------
    float [K, D]
    """
    vectors = embedding.float().permute(0, 2, 3, 1).flatten(0, 2)
    sums = torch.zeros_like(means).index_add(0, labels.flatten(), vectors)
    counts = torch.bincount(labels.flatten(), minlength=len(means))[:, None].to(sums.dtype)
    sums, counts = mean_of_all_processes(sums), mean_of_all_processes(counts)
    # 1 only keeps an empty cluster from dividing by zero: several processes hold half a pixel at least.
    return torch.where(counts > 0, sums / torch.where(counts > 0, counts, 1.0), means)
