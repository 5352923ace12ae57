"""Photometric transformations: t3 colour jitter, t4 blur, t5 posterize, t6 noise (paper section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from kornia.enhance import adjust_brightness, adjust_contrast_with_mean_subtraction, posterize
from kornia.filters import gaussian_blur2d
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from u3edu.training.transforms.magnitude import NamedMagnitudes

_BLUR: Mapping[str, dict[str, float]] = {
    "none": {"blur": 0.0},
    "weak": {"blur": 0.5},
    "moderate": {"blur": 1.0},
    "strong": {"blur": 2.0},
}
# By modality: MR has no scale of its own, but Hounsfield units mean tissue. A jitter that suits
# MR would make fat of muscle; CT's of moderate magnitude stays within 20 HU and 2 %.
PHOTOMETRIC_MAGNITUDES: Mapping[str, NamedMagnitudes] = {
    "MR": {
        "jitter": {
            "none": {"brightness": 0.0, "contrast": 0.0},
            "weak": {"brightness": 0.04, "contrast": 0.075},
            "moderate": {"brightness": 0.08, "contrast": 0.15},
            "strong": {"brightness": 0.16, "contrast": 0.3},
        },
        "blur": _BLUR,
        "posterize": {
            "none": {"posterize": 0},
            "weak": {"posterize": 2},
            "moderate": {"posterize": 4},
            "strong": {"posterize": 5},
        },
        "noise": {
            "none": {"noise": 0.0},
            "weak": {"noise": 0.02},
            "moderate": {"noise": 0.04},
            "strong": {"noise": 0.08},
        },
    },
    "CT": {
        "jitter": {
            "none": {"brightness": 0.0, "contrast": 0.0},
            "weak": {"brightness": 0.0025, "contrast": 0.01},
            "moderate": {"brightness": 0.005, "contrast": 0.02},
            "strong": {"brightness": 0.01, "contrast": 0.04},
        },
        "blur": _BLUR,
        # Steps of 32, 64 and 128 HU.
        "posterize": {
            "none": {"posterize": 0},
            "weak": {"posterize": 1},
            "moderate": {"posterize": 2},
            "strong": {"posterize": 3},
        },
        # 10, 20 and 41 HU.
        "noise": {
            "none": {"noise": 0.0},
            "weak": {"noise": 0.0025},
            "moderate": {"noise": 0.005},
            "strong": {"noise": 0.01},
        },
    },
}


class PhotometricMagnitude(BaseModel):
    """How far the photometric transformations may go; zero leaves one out.

    Intensities are those of [0, 1], half of the model's [-1, 1]: for CT a brightness of 0.01
    is 41 HU, for MR 0.1 is a tenth of the range of the series.

    In a recipe, magnitudes may be named: ``photometric: weak`` for all four transformations,
    ``{jitter: moderate}`` (brightness and contrast), ``{blur: weak, noise: none}`` for some. The
    numbers depend on the recipe's modality and are in `PHOTOMETRIC_MAGNITUDES`.

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
        Makes the noise the same at every replay; each image has the next number for its own.
    """

    brightness: Tensor
    contrast: Tensor
    blur: Tensor
    bits: Tensor
    noise: Tensor
    noise_seed: int

    def part(self, images: slice) -> "Photometry":
        """The parameters of some images of the batch, numbered from `images.start` on."""
        return Photometry(
            brightness=self.brightness[images],
            contrast=self.contrast[images],
            blur=self.blur[images],
            bits=self.bits[images],
            noise=self.noise[images],
            noise_seed=self.noise_seed + (images.start or 0),
        )

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
            seeds = range(self.noise_seed, self.noise_seed + len(images))
            generators = [torch.Generator().manual_seed(seed) for seed in seeds]
            grain = torch.stack([torch.randn(images.shape[1:], generator=g) for g in generators])
            grain = grain.to(images.device)
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
