"""The consistency regularisation of the discriminator (paper section 2.2, after Schönfeld et al.)."""

from torch import Tensor

from u3edu.training.losses.cutmix import mix


def consistency_loss(
    mixed_pixels: Tensor, real_pixels: Tensor, fake_pixels: Tensor, is_real: Tensor
) -> Tensor:
    """Squared difference between the judgement of a mixture and the mixture of judgements.

    ``||D(mix(I, R)) - mix(D(I), D(R))||^2`` per pixel: a cut must not change what is said of
    the pixels on its two sides.

    Parameters
    ----------
    mixed_pixels, real_pixels, fake_pixels : float [B, 1, H, W]
        Judgements of every pixel of mixed, real and reconstructed images.
    is_real : bool [B, 1, H, W]

    Returns
    -------
    float, a scalar
    """
    return (mixed_pixels - mix(real_pixels, fake_pixels, is_real)).square().mean()
