"""The encoder: feature extraction and clustering modules (paper section 2.1)."""

import torch
from torch import Tensor, nn

from u3edu.model.config import U3NetConfig
from u3edu.model.quantizer import Quantizer
from u3edu.model.unet import UNet


class Encoder(nn.Module):
    """Turns images into embedding maps and quantizes them.

    Parameters
    ----------
    config : U3NetConfig
    """

    def __init__(self, config: U3NetConfig) -> None:
        super().__init__()
        self.windows = config.windows
        self.features = UNet(1 + len(config.windows), config.embedding_size, config.encoder_widths)
        self.quantizer = Quantizer(config.elements, config.embedding_size)

    def forward(self, images: Tensor) -> Tensor:
        """Embedding maps ``f(I) = E``, [B, D, H, W], of images [B, 1, H, W]."""
        views = [((images - centre) / (width / 2)).clamp(-1, 1) for centre, width in self.windows]
        embedding: Tensor = self.features(torch.cat([images, *views], dim=1))
        return embedding

    def segment(self, images: Tensor) -> Tensor:
        """Label maps S, int64 [B, H, W], of images [B, 1, H, W]."""
        with torch.no_grad():
            return self.quantizer.assign(self(images))
