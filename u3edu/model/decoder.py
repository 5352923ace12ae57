"""The decoder: from a quantized embedding map back to a picture (paper sections 2.1 and 2.3)."""

from torch import Tensor, nn

from u3edu.model.config import U3NetConfig
from u3edu.model.unet import UNet


class Decoder(nn.Module):
    """Reconstructs images from quantized embedding maps.

    Parameters
    ----------
    config : U3NetConfig
    """

    def __init__(self, config: U3NetConfig) -> None:
        super().__init__()
        self.unet = UNet(config.embedding_size, 1, config.decoder_widths)

    def forward(self, quantized: Tensor) -> Tensor:
        """Images ``h(E_q) = R``, [B, 1, H, W], of embedding maps [B, D, H, W]."""
        images: Tensor = self.unet(quantized)
        return images
