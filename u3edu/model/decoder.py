"""The decoder: from a quantized embedding map back to a picture (paper sections 2.1 and 2.3)."""

import torch
from torch import Tensor, nn

from u3edu.model.config import U3NetConfig
from u3edu.model.noise import NoiseFields, noise_source
from u3edu.model.unet import UNet


class Decoder(nn.Module):
    """Reconstructs images from quantized embedding maps.

    Parameters
    ----------
    config : U3NetConfig
    """

    def __init__(self, config: U3NetConfig) -> None:
        super().__init__()
        self.noise_seed = config.noise_seed
        self.learned_spacings = config.spacings
        self.unet = UNet(
            config.embedding_size,
            1,
            config.decoder_widths,
            noise_inputs=config.noise_seed is not None and not config.grain_filters,
            grain_filters=config.grain_filters,
            spacing_inputs=config.spacings is not None,
            convolutions=config.decoder_convolutions,
        )

    def noise_fields(self) -> NoiseFields | None:
        """The noise of the configured seed, for whole pictures; None without noise inputs."""
        if self.noise_seed is None:
            return None
        return NoiseFields(self.noise_seed, self.unet.head.weight.device, self.unet.grain)

    def forward(
        self,
        quantized: Tensor,
        seeds: Tensor | None = None,
        strengths: Tensor | None = None,
        top: int = 0,
        left: int = 0,
        apart: bool = False,
        spacing_codes: Tensor | None = None,
    ) -> Tensor:
        """Images ``h(E_q) = R``, [B, 1, H, W], of embedding maps [B, D, H, W].

        A decoder with noise inputs gives every image the grain of the configured seed, or that of
        its own in `seeds`, int64 [B], multiplied by `strengths`, float32 [B], where they are given.
        One that learned spacings is told those of the images by `spacing_codes`, float32 [B].
        `top` and `left` say where a part of a picture begins in the whole, in pixels (multiples of
        the U-Net's stride). `apart` gives the images without filtered grain, and that grain, as two
        channels.
        """
        if self.noise_seed is None:
            images: Tensor = self.unet(quantized, apart=apart, spacing_codes=spacing_codes)
            return images
        if seeds is None:
            seeds = torch.full(quantized.shape[:1], self.noise_seed, device=quantized.device)
        return self.unet(quantized, noise_source(seeds, strengths, top, left), apart, spacing_codes)
