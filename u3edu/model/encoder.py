"""The encoder: feature extraction and clustering modules (paper section 2.1)."""

import torch
from torch import Tensor, nn

from u3edu.model.blur import blurred
from u3edu.model.config import U3NetConfig
from u3edu.model.quantizer import Quantizer
from u3edu.model.surroundings import against_surroundings
from u3edu.model.unet import UNet
from u3edu.model.windows import through_windows


class Encoder(nn.Module):
    """Turns images into embedding maps and quantizes them.

    Parameters
    ----------
    config : U3NetConfig
    """

    def __init__(self, config: U3NetConfig) -> None:
        super().__init__()
        self.windows = config.windows
        self.surroundings = config.surroundings
        self.blur = config.encoder_blur
        views = 1 + len(config.windows) + bool(config.surroundings)
        self.features = UNet(
            views, config.embedding_size, config.encoder_widths, pooling=config.encoder_pooling
        )
        self.quantizer = Quantizer(config.elements, config.embedding_size)

    def views(self, images: Tensor) -> Tensor:
        """What the feature extraction sees of images [B, 1, H, W]: themselves, windows, surroundings."""
        images = blurred(images, self.blur)
        views = [images, through_windows(images, self.windows)]
        if self.surroundings:
            views.append(against_surroundings(images, self.surroundings, self.features.stride))
        return torch.cat(views, dim=1)

    def forward(self, images: Tensor) -> Tensor:
        """Embedding maps ``f(I) = E``, [B, D, H, W], of images [B, 1, H, W]."""
        embedding: Tensor = self.features(self.views(images))
        return embedding

    def segment(self, images: Tensor) -> Tensor:
        """Label maps S, int64 [B, H, W], of images [B, 1, H, W]."""
        with torch.no_grad():
            return self.quantizer.assign(self(images))
