"""Photometric transformations: t3 colour jitter, t4 blur, t5 posterize, t6 noise (paper section 3)."""

from dataclasses import dataclass

import torch
from kornia.enhance import adjust_brightness, adjust_contrast_with_mean_subtraction, posterize
from kornia.filters import gaussian_blur2d
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor


class PhotometricMagnitude(BaseModel):
    """How far the photometric transformations may go; zero leaves one out.

    Intensities are those of [0, 1], half of the model's [-1, 1]: for CT a brightness of 0.01
    is 41 HU, for MR 0.1 is a tenth of the range of the series.

    Parameters
    ----------
    brightness : float
        Largest shift.
    contrast : float
        Largest relative change of contrast (the factor lies around 1).
    blur : float
        Largest standard deviation of the Gaussian in pixels.
    posterize : int
        Bits that may be lost of eight.
    noise : float
        Largest standard deviation of the noise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brightness: float = Field(default=0.0, ge=0, le=1)
    contrast: float = Field(default=0.0, ge=0, lt=1)
    blur: float = Field(default=0.0, ge=0)
    posterize: int = Field(default=0, ge=0, le=7)
    noise: float = Field(default=0.0, ge=0)


@dataclass(frozen=True, eq=False)
class Photometry:
    """Parameters of the photometric transformations for each image of a batch.

    Parameters
    ----------
    brightness, contrast, blur, noise : float32 [B]
        Shift, factor, standard deviation in pixels, standard deviation of the noise.
    bits : int64 [B]
        Bits kept of eight.
    noise_seed : int
        Makes the noise the same at every replay.
    """

    brightness: Tensor
    contrast: Tensor
    blur: Tensor
    bits: Tensor
    noise: Tensor
    noise_seed: int

    def apply(self, images: Tensor) -> Tensor:
        """Transformed images [B, 1, H, W], all in [-1, 1]."""
        unit = (images + 1) / 2
        unit = adjust_contrast_with_mean_subtraction(unit, self.contrast.to(images.device))
        unit = adjust_brightness(unit, self.brightness.to(images.device))
        if self.blur.any():
            # A Gaussian of a hundredth of a pixel is the image itself, and sigma may not be 0.
            sigma = self.blur.clamp(min=0.01)[:, None].expand(-1, 2).to(images.device)
            radius = int(torch.ceil(3 * self.blur.max()).clamp(min=1))
            unit = gaussian_blur2d(unit, 2 * radius + 1, sigma)
        if (self.bits < 8).any():
            unit = posterize(unit, self.bits.to(images.device))
        if self.noise.any():
            generator = torch.Generator().manual_seed(self.noise_seed)
            grain = torch.randn(unit.shape, generator=generator).to(images.device)
            unit = (unit + grain * self.noise.to(images.device)[:, None, None, None]).clamp(0, 1)
        return unit * 2 - 1


def draw_photometry(magnitude: PhotometricMagnitude, batch: int, generator: torch.Generator) -> Photometry:
    """Draw parameters for each of `batch` images."""

    def draw(lowest: float, highest: float) -> Tensor:
        return lowest + (highest - lowest) * torch.rand(batch, generator=generator)

    return Photometry(
        brightness=draw(-magnitude.brightness, magnitude.brightness),
        contrast=draw(1 - magnitude.contrast, 1 + magnitude.contrast),
        blur=draw(0, magnitude.blur),
        bits=8 - torch.randint(magnitude.posterize + 1, (batch,), generator=generator),
        noise=draw(0, magnitude.noise),
        noise_seed=int(torch.randint(2**31, (1,), generator=generator)),
    )
