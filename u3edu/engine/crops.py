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


def crop_with_zeros(features: Tensor, box: Box) -> Tensor:
    """The features in a box that may leave the picture, outside of which there are zeros."""
    inside = box.clip(shape_of(features))
    missing = (
        inside.left - box.left,
        box.right - inside.right,
        inside.top - box.top,
        box.bottom - inside.bottom,
    )
    part = crop(features, inside)
    return functional.pad(part, missing) if any(missing) else part


def halved(box: Box) -> Box:
    """The box at the next coarser level: all pixels that it touches there."""
    return Box(box.top // 2, box.left // 2, -(-box.bottom // 2), -(-box.right // 2))


def doubled(box: Box) -> Box:
    """The box at the next finer level."""
    return Box(2 * box.top, 2 * box.left, 2 * box.bottom, 2 * box.right)
