"""The cross-view consistency loss (paper section 2.1)."""

from torch import Tensor

from u3edu.model.parallel import mean_of_all_processes


def cross_view_loss(embedding: Tensor, assigned_by_other: Tensor, valid: Tensor) -> Tensor:
    """Squared distance of one view's embeddings from the means that the other view assigns.

    One of the two terms of the paper's sum, ``||mu^{y_i2} - e_i1||^2``, as the mean over the
    pixels that both views show. Under data parallelism the number of pixels is the mean over the
    processes, so that the mean of their losses is that of all pixels.

    Parameters
    ----------
    embedding : float [B, D, H, W]
        Embeddings of one view.
    assigned_by_other : float [B, D, H, W]
        Mean vectors of the other view's labels, re-transformed to this view.
    valid : bool [B, H, W]
        Pixels that the other view shows, too.

    Returns
    -------
    float, a scalar
    """
    distance = (assigned_by_other.detach() - embedding).square().sum(dim=1)
    return (distance * valid).sum() / mean_of_all_processes(valid.sum().float()).clamp(min=1)
