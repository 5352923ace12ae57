"""U3-Net: encoder, quantizer and decoder (Kobayashi et al., MICCAI 2023)."""
