"""The discriminator loss: real or fake, pixel by pixel and as a whole (paper section 2.2)."""

from torch import Tensor


def discriminator_loss(
    real_pixels: Tensor, real_wholes: Tensor, fake_pixels: Tensor, fake_wholes: Tensor
) -> Tensor:
    """Hinge loss, ``E[1 - D(I)]_+ + E[1 + D(R)]_+``, on pixels and wholes alike.

    Parameters
    ----------
    real_pixels, fake_pixels : float [B, 1, H, W]
        Judgement of every pixel.
    real_wholes, fake_wholes : float [B]
        Judgement of every image.

    Returns
    -------
    float, a scalar
        2 for pixels and 2 for wholes before anything is learnt, 0 where both are told apart
        with the full margin.
    """
    real = (1 - real_pixels).clamp(min=0).mean() + (1 - real_wholes).clamp(min=0).mean()
    fake = (1 + fake_pixels).clamp(min=0).mean() + (1 + fake_wholes).clamp(min=0).mean()
    return real + fake
