"""The generator loss: the decoder's reward for deceiving the discriminator (paper section 2.2)."""

from torch import Tensor


def generator_loss(pixels: Tensor, wholes: Tensor) -> Tensor:
    """Hinge loss of the generator, ``-E[D(R)]``, on pixels and wholes alike.

    Parameters
    ----------
    pixels : float [B, 1, H, W]
        The discriminator's judgement of every pixel of the reconstructions.
    wholes : float [B]
        Its judgement of every reconstruction.

    Returns
    -------
    float, a scalar
    """
    return -pixels.mean() - wholes.mean()
