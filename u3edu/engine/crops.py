"""Boxes of features: cropped, seen at the next level, with zeros where they leave the picture."""

from torch import Tensor
from torch.nn import functional

from u3edu.editing.box import Box


def shape_of(features: Tensor) -> tuple[int, int]:
    """Rows and columns of [B, C, H, W]."""
    return int(features.shape[2]), int(features.shape[3])


def crop(features: Tensor, box: Box) -> Tensor:
    """The features in a box of the picture; a view."""
    return features[:, :, box.top : box.bottom, box.left : box.right]


def crop_and_padding(features: Tensor, box: Box) -> tuple[Tensor, tuple[int, int]]:
    """The features in a box that may leave the picture, outside of which there are zeros.

    Returns
    -------
    features : Tensor
        Where as many zeros are missing on either side, without them.
    padding : tuple of int
        How many those are, before and after the rows and the columns: for a convolution to pad.
    """
    rows, columns = shape_of(features)
    above, below = max(-box.top, 0), max(box.bottom - rows, 0)
    left, right = max(-box.left, 0), max(box.right - columns, 0)
    padding = min(above, below), min(left, right)
    missing = left - padding[1], right - padding[1], above - padding[0], below - padding[0]
    part = crop(features, box.clip((rows, columns)))
    return (functional.pad(part, missing) if any(missing) else part), padding


def halved(box: Box) -> Box:
    """The box at the next coarser level: all pixels that it touches there."""
    return Box(box.top // 2, box.left // 2, -(-box.bottom // 2), -(-box.right // 2))


def doubled(box: Box) -> Box:
    """The box at the next finer level."""
    return Box(2 * box.top, 2 * box.left, 2 * box.bottom, 2 * box.right)
