"""Clusters that came out empty get a part of another one's pixels."""

from collections.abc import Sequence

import torch
from torch import Tensor

from u3edu.imaging.slice import Slice
from u3edu.model.u3net import U3Net
from u3edu.training.shares import pixel_shares, sampled_embedding, sampled_pixels
from u3edu.training.stage1_config import Division


@torch.no_grad()
def divide_clusters(
    network: U3Net, slices: Sequence[Slice], divisions: Sequence[Division], empty_below: float
) -> None:
    """Divide clusters in two along the first principal axis of their embeddings, one after the other.

    The part on the bright side becomes an empty cluster's. The networks stay as they are; a second
    stage learns the new borders.

    Parameters
    ----------
    network : U3Net
        Trained by stage 1; its quantizer is changed in place.
    slices : sequence of Slice
        Pictures to divide on.
    divisions : sequence of Division
        Each counts the clusters anew, from dark to bright, empty ones left out.
    empty_below : float
        A cluster that holds a smaller share of all pixels is empty.

    Raises
    ------
    ValueError
        If there are not enough empty clusters, or there is no cluster of that number.
    """
    quantizer = network.encoder.quantizer
    embedding = torch.cat([sampled_embedding(network, picture) for picture in slices], dim=2)
    intensity = torch.cat([sampled_pixels(network, picture).flatten() for picture in slices])
    vectors = embedding[0, :, :, 0].T
    shares = pixel_shares(quantizer, embedding)
    empty = [k for k, share in enumerate(shares.tolist()) if share < empty_below]
    held = [k for k in range(len(shares)) if k not in empty]
    if len(divisions) > len(empty):
        raise ValueError(
            f"{len(divisions)} divisions are wanted, and {len(empty)} elements are empty; "
            "take divisions out of the recipe"
        )
    for division in divisions:
        labels = quantizer.assign(embedding).flatten()
        held.sort(key=lambda k: float(intensity[labels == k].mean()))
        if division.element >= len(held):
            raise ValueError(
                f"element {division.element} can't be divided: {len(held)} elements hold pixels, "
                "counted from 0; see divisions in the recipe"
            )
        divided = held[division.element]
        own, brightness = vectors[labels == divided], intensity[labels == divided]
        along = _along_first_axis(own, brightness)
        dark = along < along.quantile(division.dark)
        held.append(empty.pop(0))
        quantizer.means[divided], quantizer.means[held[-1]] = own[dark].mean(dim=0), own[~dark].mean(dim=0)
    shares = pixel_shares(quantizer, embedding)
    quantizer.counts.copy_(shares * quantizer.counts.sum())
    quantizer.sums.copy_(quantizer.means * quantizer.counts[:, None])


def _along_first_axis(vectors: Tensor, brightness: Tensor) -> Tensor:
    """Where vectors [N, D] lie along their first principal axis, from dark to bright, [N]."""
    centred = vectors - vectors.mean(dim=0)
    along = centred @ torch.linalg.eigh(centred.T @ centred).eigenvectors[:, -1]
    return along * torch.sign((along * (brightness - brightness.mean())).sum())
