"""The cluster loss: intra-cluster pull force (paper section 2.1)."""

from torch import Tensor


def cluster_loss(embedding: Tensor, assigned: Tensor) -> Tensor:
    """Squared distance of embedding vectors from their mean vectors, ``||mu^{y_i} - e_i||^2``.

    The paper sums over the pixels; here the mean over pixels and batch is taken, so that a
    weight means the same for every crop size.

    Parameters
    ----------
    embedding : float [B, D, H, W]
    assigned : float [B, D, H, W]
        The mean vector of each pixel's cluster.

    Returns
    -------
    float, a scalar
    """
    return (assigned.detach() - embedding).square().sum(dim=1).mean()
