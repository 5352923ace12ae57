"""A loss on local power spectra: grain of the right strength and shape, wherever its grains lie."""

import torch
from torch import Tensor

# As `u3edu.evaluation.local_spectrum`: below the noise of real pictures, on the scale of CT, too.
_FLOOR = 1e-10


def spectrum_loss(reconstruction: Tensor, images: Tensor, window: int = 32, squares: int = 8) -> Tensor:
    """Difference of log power spectra in windows, square by square of the plane of frequencies.

    Pixel-wise losses are least without any grain, since grain in the wrong place costs twice;
    power does not ask for places. Rings of one frequency in all directions would not do: a scanner
    measures a rectangle or an ellipse of the plane, and leaves the corners empty.

    Parameters
    ----------
    reconstruction, images : float [B, 1, H, W]
        H and W are at least `window`.
    window : int
        Side in pixels of the Hann windows, which overlap by half; the mean is taken off each first.
    squares : int
        Along each side of the plane of frequencies; divides `window`.

    Returns
    -------
    float, a scalar
        Mean absolute difference of natural logarithms of the squares' mean power.
    """
    ours = _log_power(reconstruction.float(), window, squares)
    theirs = _log_power(images.float(), window, squares)
    return (ours - theirs).abs().mean()


def _log_power(images: Tensor, window: int, squares: int) -> Tensor:
    """[B, 1, H, W] to [B, windows, squares, squares], frequency 0 in the middle."""
    patches = images[:, 0].unfold(1, window, window // 2).unfold(2, window, window // 2).flatten(1, 2)
    patches = patches - patches.mean(dim=(2, 3), keepdim=True)
    hann = torch.hann_window(window, device=images.device)
    spectrum = torch.fft.fft2(patches * hann[:, None] * hann, norm="ortho").roll((window // 2,) * 2, (2, 3))
    power = spectrum.real.square() + spectrum.imag.square()
    side = window // squares
    mean = power.unflatten(3, (squares, side)).unflatten(2, (squares, side)).mean(dim=(3, 5))
    return (mean + _FLOOR).log()
