"""The perceptual loss: distance of a pretrained network's features (paper section 2.2)."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from u3edu.model.backbone import FINE_STAGES, Backbone
from u3edu.model.layout import lay_out_channels_last
from u3edu.model.windows import Windows, through_windows

PerceptualName = Literal["efficientnet-lite0", "lpips"]
# Makes the context in which a network runs, for example Fabric's ``autocast``.
Context = Callable[[], AbstractContextManager[Any]]


class MissingPerceptualNetwork(ValueError):
    """What the chosen perceptual loss needs is not on this machine."""


class PerceptualLoss(Protocol):
    """A distance between two batches of images, [B, 1, H, W] in [-1, 1] each."""

    def __call__(self, reconstruction: Tensor, images: Tensor) -> Tensor:
        """A scalar, with a gradient to both."""
        ...


def perceptual_loss(
    name: PerceptualName, device: torch.device, windows: Windows = (), context: Context = nullcontext
) -> PerceptualLoss:
    """The perceptual loss of a name, on a device.

    Parameters
    ----------
    name : str
        ``"efficientnet-lite0"`` for `FeatureDistance`, ``"lpips"`` for `Lpips`.
    device : torch.device
    windows, context
        See `FeatureDistance`; LPIPS sees the whole range, in float32.

    Raises
    ------
    MissingPerceptualNetwork, UnusableBackbone
        If its network or weights are not there.
    """
    loss = FeatureDistance(windows, context) if name == "efficientnet-lite0" else Lpips()
    return loss.to(device)


class FeatureDistance(nn.Module):
    """Feature distance (EfficientNet-Lite0).

    At each stage features are divided by their length at each place; the squared distance is
    summed over channels and averaged over places, images and the five finest stages. The form
    is that of Zhang et al. (CVPR 2018) without its calibration.

    Parameters
    ----------
    windows : sequence of (centre, width)
        Windows in intensities of [-1, 1] through which the backbone sees the images, as a reader
        does; without any it sees the whole range.
    context : callable, optional
        Makes the context in which the backbone runs; float32 without one.
    """

    def __init__(self, windows: Windows = (), context: Context = nullcontext) -> None:
        super().__init__()
        self.backbone = Backbone()
        lay_out_channels_last(self.backbone)
        self.windows = windows
        self._context = context

    def forward(self, reconstruction: Tensor, images: Tensor) -> Tensor:
        """A scalar: 0 for the same features, 4 for opposite ones."""
        return feature_distance(self.features(reconstruction), self.features(images))

    def features(self, images: Tensor) -> tuple[Tensor, ...]:
        """Features of the five finest stages, float32 [B N, C, h, w] each, of images [B, 1, H, W].

        N is the number of windows, or 1 without any; those of one image stand one after the other.
        """
        seen = through_windows(images, self.windows).flatten(0, 1)[:, None] if self.windows else images
        with self._context():
            stages = self.backbone(seen, FINE_STAGES)
        return tuple(stage.float() for stage in stages)


class Lpips(nn.Module):
    """LPIPS (AlexNet, Zhang et al., CVPR 2018), where torchvision and its weights are.

    Raises
    ------
    MissingPerceptualNetwork
        If they are not.
    """

    def __init__(self) -> None:
        super().__init__()
        try:
            from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

            # The metric collects scores; its network alone is a plain function of two batches.
            self.network = LearnedPerceptualImagePatchSimilarity(net_type="alex").net
        except (ImportError, RuntimeError, OSError) as error:
            raise MissingPerceptualNetwork(
                "LPIPS needs torchvision of torch's own build and its AlexNet weights, which it downloads "
                f"at the first use ({error}); without them choose perceptual_network: efficientnet-lite0"
            ) from error

    def forward(self, reconstruction: Tensor, images: Tensor) -> Tensor:
        """A scalar: the mean over the batch."""
        colour = (batch.expand(-1, 3, -1, -1) for batch in (reconstruction, images))
        distances: Tensor = self.network(*colour)
        return distances.mean()


def feature_distance(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> Tensor:
    """Squared distance of unit features [B, C, h, w], the mean over places, images and stages."""
    pairs = zip(ours, theirs, strict=True)
    return torch.stack([(_unit(a) - _unit(b)).square().sum(dim=1).mean() for a, b in pairs]).mean()


def _unit(features: Tensor) -> Tensor:
    """Features [B, C, h, w] divided by their length over C."""
    return features / (features.square().sum(dim=1, keepdim=True) + 1e-10).sqrt()
