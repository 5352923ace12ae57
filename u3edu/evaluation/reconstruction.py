"""How well a model reconstructs pictures from their label maps (paper section 3)."""

from dataclasses import dataclass

import numpy as np
import torch
from torchmetrics.functional.image import structural_similarity_index_measure

from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice


@dataclass(frozen=True)
class ReconstructionFigures:
    """Figures of one slice, or their means over a patient.

    Parameters
    ----------
    mse : float
        Mean squared error of intensities in [-1, 1].
    ssim : float
        Structural similarity (torchmetrics, 11-pixel Gaussian window, data range of the slice).
    psnr : float
        Peak signal-to-noise ratio in dB; the peak is the slice's maximum minus its minimum.
    psnr_full_range : float
        The same with a peak of 2, the whole range of intensities.
    body_mse, body_ssim, body_psnr : float
        The first three over the pixels of the body alone.
    """

    mse: float
    ssim: float
    psnr: float
    psnr_full_range: float
    body_mse: float
    body_ssim: float
    body_psnr: float


def reconstruction_figures(picture: Slice, reconstruction: Slice) -> ReconstructionFigures:
    """Compare a reconstruction with its original.

    Raises
    ------
    ValueError
        If the original is of one intensity: it has no range to measure against.
    """
    original = picture.pixels
    span = float(original.max() - original.min())
    if span == 0:
        raise ValueError("the picture is of one intensity; there is nothing to compare")
    body = body_mask(picture)
    error = (reconstruction.pixels - original) ** 2
    similarity = similarity_map(original, reconstruction.pixels, span)
    mse, body_mse = float(error.mean()), float(error[body].mean())
    return ReconstructionFigures(
        mse=mse,
        ssim=float(similarity.mean()),
        psnr=decibel(span, mse),
        psnr_full_range=decibel(2.0, mse),
        body_mse=body_mse,
        body_ssim=float(similarity[body].mean()),
        body_psnr=decibel(span, body_mse),
    )


def similarity_map(original: np.ndarray, reconstruction: np.ndarray, span: float) -> np.ndarray:
    """Structural similarity of each pixel's neighbourhood, float32 [H, W]."""
    first, second = (torch.from_numpy(pixels.copy())[None, None] for pixels in (reconstruction, original))
    _, full = structural_similarity_index_measure(first, second, data_range=span, return_full_image=True)
    return full[0, 0].numpy()


def decibel(peak: float, mse: float) -> float:
    """``10 log10(peak^2 / mse)``; infinite for equal pictures."""
    return float("inf") if mse == 0 else float(10 * np.log10(peak**2 / mse))
