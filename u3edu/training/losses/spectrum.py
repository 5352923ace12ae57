"""A loss on local power spectra: grain of the right strength and size, wherever its grains lie."""

import torch
from torch import Tensor
from torch.nn import functional

# Far below the noise of real pictures; keeps the logarithm of an empty window finite.
_FLOOR = 1e-7


def spectrum_loss(reconstruction: Tensor, images: Tensor, window: int = 32, bands: int = 8) -> Tensor:
    """Difference of log power spectra in windows, band by band.

    Pixel-wise losses are least without any grain, since grain in the wrong place costs twice;
    power in a ring of frequencies does not ask for places.

    Parameters
    ----------
    reconstruction, images : float [B, 1, H, W]
        H and W are at least `window`.
    window : int
        Side in pixels of the Hann windows, which overlap by half.
    bands : int
        Rings of equal width from frequency 0 to half a cycle a pixel; the corners beyond belong
        to the last. The mean is taken off each window first.

    Returns
    -------
    float, a scalar
        Mean absolute difference of natural logarithms of the bands' mean power.
    """
    ours = _log_band_power(reconstruction.float(), window, bands)
    theirs = _log_band_power(images.float(), window, bands)
    return (ours - theirs).abs().mean()


def _log_band_power(images: Tensor, window: int, bands: int) -> Tensor:
    """[B, 1, H, W] to [B, windows, bands]."""
    patches = images[:, 0].unfold(1, window, window // 2).unfold(2, window, window // 2).flatten(1, 2)
    patches = patches - patches.mean(dim=(2, 3), keepdim=True)
    hann = torch.hann_window(window, device=images.device)
    spectrum = torch.fft.fft2(patches * hann[:, None] * hann, norm="ortho")
    power = spectrum.real.square() + spectrum.imag.square()
    frequencies = torch.fft.fftfreq(window, device=images.device)
    radius = (frequencies[:, None].square() + frequencies.square()).sqrt()
    ring = (radius * 2 * bands).long().clamp(max=bands - 1).flatten()
    member = functional.one_hot(ring, bands).float()
    return ((power.flatten(2) @ member) / member.sum(dim=0) + _FLOOR).log()
