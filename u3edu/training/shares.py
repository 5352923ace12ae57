"""Clusters that hold too few pixels are given some of their neighbour's."""

from collections.abc import Sequence

import torch
from torch import Tensor

from u3edu.imaging.slice import Slice
from u3edu.model.quantizer import Quantizer
from u3edu.model.u3net import U3Net

# Every so many pixels along rows and columns count: neighbours are much alike.
_EVERY = 3
# A mean moves no farther towards its neighbour's than this share of the way, in so many steps.
_FARTHEST, _STEPS = 0.9, 90


@torch.no_grad()
def widen_small_clusters(network: U3Net, slices: Sequence[Slice], share: float) -> tuple[int, ...]:
    """Move the mean of each cluster that holds too few pixels towards its nearest neighbour's.

    The border between the two moves by half as much, and the small cluster takes over pixels that
    lie near it. The networks stay as they are; a second stage learns the new borders.

    Parameters
    ----------
    network : U3Net
        Trained by stage 1; its quantizer is changed in place.
    slices : sequence of Slice
        Pictures to count pixels on.
    share : float
        Of all pixels, that each cluster is to hold.

    Returns
    -------
    tuple of int
        The clusters that were widened.

    Raises
    ------
    ValueError
        If a cluster would have to move nearly all the way to its neighbour.
    """
    quantizer = network.encoder.quantizer
    embedding = torch.cat([sampled_embedding(network, picture) for picture in slices], dim=2)
    widened = []
    for cluster in range(len(quantizer.means)):
        if pixel_shares(quantizer, embedding)[cluster] >= share:
            continue
        own = quantizer.means[cluster].clone()
        distances = (quantizer.means - own).norm(dim=1)
        distances[cluster] = torch.inf
        towards = quantizer.means[distances.argmin()] - own
        for step in range(1, _STEPS + 1):
            quantizer.means[cluster] = own + step / _STEPS * _FARTHEST * towards
            if pixel_shares(quantizer, embedding)[cluster] >= share:
                break
        else:
            quantizer.means[cluster] = own
            raise ValueError(
                f"element {cluster} can't be made to hold {share:.2%} of the pixels; "
                "lower smallest_share, or train with a higher revive_below"
            )
        quantizer.sums[cluster] = quantizer.means[cluster] * quantizer.counts[cluster]
        widened.append(cluster)
    return tuple(widened)


def sampled_pixels(network: U3Net, picture: Slice) -> Tensor:
    """Every third pixel of every third row of a picture, float32 [h, w]."""
    return _as_encoded(network, picture)[::_EVERY, ::_EVERY]


def sampled_embedding(network: U3Net, picture: Slice) -> Tensor:
    """Embeddings of the same pixels, float32 [1, D, N, 1]."""
    embedding: Tensor = network.encoder(_as_encoded(network, picture)[None, None])
    return embedding[:, :, ::_EVERY, ::_EVERY].float().flatten(2)[..., None]


def _as_encoded(network: U3Net, picture: Slice) -> Tensor:
    """A picture without what is left over of its sides when they are divided by the stride."""
    stride = network.encoder.features.stride
    rows, columns = (side - side % stride for side in picture.shape)
    return torch.tensor(picture.pixels[:rows, :columns], device=network.encoder.quantizer.means.device)


def pixel_shares(quantizer: Quantizer, embedding: Tensor) -> Tensor:
    """Share of the pixels that each cluster is assigned, float32 [K]."""
    labels = quantizer.assign(embedding).flatten()
    return torch.bincount(labels, minlength=len(quantizer.means)).float() / len(labels)
