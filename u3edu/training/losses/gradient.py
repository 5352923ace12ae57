"""A loss on the distribution of gradient magnitudes: neither posterised nor oversharp."""

from torch import Tensor


def gradient_loss(reconstruction: Tensor, images: Tensor) -> Tensor:
    """Distance between the distributions of gradient magnitudes of two images.

    The Wasserstein distance of order 1: magnitudes of both are sorted and compared rank by
    rank. A posterised picture has too many near zero and too many large ones.

    Parameters
    ----------
    reconstruction, images : float [B, 1, H, W]

    Returns
    -------
    float, a scalar
        The mean over the images of the batch.
    """
    ours, theirs = (_magnitudes(batch.float()).sort(dim=1).values for batch in (reconstruction, images))
    return (ours - theirs).abs().mean()


def _magnitudes(images: Tensor) -> Tensor:
    """Length of the forward-difference gradient, [B, 1, H, W] to [B, (H - 1) (W - 1)]."""
    down = images[:, 0, 1:, :-1] - images[:, 0, :-1, :-1]
    right = images[:, 0, :-1, 1:] - images[:, 0, :-1, :-1]
    # The tiny term keeps the root's gradient finite in flat places.
    return (down.square() + right.square() + 1e-12).sqrt().flatten(1)
