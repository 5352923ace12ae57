"""U3-Net's generator half: encoder and decoder with their quantizer between them."""

from typing import Self

from torch import Tensor, nn

from u3edu.model.config import U3NetConfig
from u3edu.model.decoder import Decoder
from u3edu.model.encoder import Encoder
from u3edu.model.layout import lay_out_channels_last


class U3Net(nn.Module):
    """Encoder and decoder (Kobayashi et al., MICCAI 2023, figure 2).

    Parameters
    ----------
    config : U3NetConfig, optional
        Defaults to ``U3NetConfig.compact()``.
    """

    def __init__(self, config: U3NetConfig | None = None) -> None:
        super().__init__()
        self.config = config or U3NetConfig.compact()
        self.encoder = Encoder(self.config)
        self.decoder = Decoder(self.config)

    def to_channels_last(self) -> Self:
        """See `u3edu.model.layout`; the network itself comes back."""
        lay_out_channels_last(self)
        return self

    def blur_encoder(self, deviation: float) -> None:
        """From now on the encoder sees pictures under a Gaussian of this standard deviation, in pixels."""
        self.config = self.config.model_copy(update={"encoder_blur": deviation})
        self.encoder.blur = deviation

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Segment and reconstruct.

        Parameters
        ----------
        images : float [B, 1, H, W]
            Intensities in [-1, 1]; H and W are multiples of the networks' stride.

        Returns
        -------
        embedding : float [B, D, H, W]
        labels : int64 [B, H, W]
        reconstruction : float [B, 1, H, W]
        """
        embedding = self.encoder(images)
        quantized, labels = self.encoder.quantizer(embedding)
        return embedding, labels, self.decoder(quantized)
