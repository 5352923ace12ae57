"""U3-Net: encoder, quantizer and decoder (Kobayashi et al., MICCAI 2023)."""

from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net

__all__ = ["U3Net", "U3NetConfig"]
