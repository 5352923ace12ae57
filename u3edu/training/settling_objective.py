"""What a decoder settles for at the end of stage 2, with its exact gradient."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import torch
from lightning_fabric import Fabric
from torch import Tensor

from u3edu.model.u3net import U3Net
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture, draw


class Evaluated(NamedTuple):
    """An objective where a decoder stands.

    Parameters
    ----------
    losses : dict of str to float
        That sum to it.
    gradient : float [P]
        To the decoder's parameters, one after the other.
    deviation : float [P]
        Root of the sum of its squares over all pictures.
    """

    losses: dict[str, float]
    gradient: Tensor
    deviation: Tensor


class Objective:
    """What a decoder settles for, as a function of its parameters alone.

    The squared distances that a reader would find in the mean over all tiles, and in the parts of it
    that go with what a real tile shows (`RealFeatures`), beside the squared error of pictures without
    grain.

    Parameters
    ----------
    config : Stage2Config
    network : U3Net
    pictures, beside : sequence of WholePicture
        With a tile each.
    distance : FeatureDistance
        Whose backbone looks at the tiles, in single precision.
    fabric : Fabric
        Decides the precision of the decoder.

    Raises
    ------
    ValueError
        If there is no picture, or there are fewer tiles than components.
    """

    def __init__(
        self,
        config: Stage2Config,
        network: U3Net,
        pictures: Sequence[WholePicture],
        beside: Sequence[WholePicture],
        distance: FeatureDistance,
        fabric: Fabric,
    ) -> None:
        if not pictures:
            raise ValueError(
                f"no slice with a tile of {config.crop} pixels inside the body to settle on; "
                "lower reader.least_foreground or crop"
            )
        self._pictures, self._beside, self._distance = pictures, beside, distance
        self._network, self._fabric, self._settings = network, fabric, config.settling
        with torch.no_grad():
            self._real = [
                picture.statistics(picture.original(fabric.device), self._distance)
                for picture in self._pictures
            ]
            self._known = RealFeatures(torch.cat(self._real), config.reader)
            # By what the originals show, so that they stay as the decoder moves.
            self._codes = [self._known.codes(real) for real in self._real]
        others = self._codes[0].shape[1] - 1
        self._weights = torch.tensor([1.0] + [config.reader.component_weight] * others).to(self._real[0])

    def evaluate(self) -> Evaluated:
        """The objective of the decoder as it is now, and its gradient.

        Raises
        ------
        FloatingPointError
            If the objective or its gradient is no longer a number.
        """
        tiles = sum(map(len, self._real))
        with torch.no_grad():
            sums = [self._difference(index, self._draw(one)[0]) for index, one in enumerate(self._pictures)]
            mean = torch.stack(sums).sum(dim=0) / tiles
            push = mean @ self._known.inverse * self._weights[:, None]
        losses = defaultdict(float, reader=(push * mean).sum().item())
        parameters = list(self._network.decoder.parameters())
        gradient = torch.zeros(sum(one.numel() for one in parameters), device=mean.device)
        squares = torch.zeros_like(gradient)

        def descend(total: Tensor) -> None:
            parts = torch.autograd.grad(total, parameters, materialize_grads=True)
            own = one_after_the_other(parts)
            gradient.add_(own)
            squares.add_(own.square())

        for parameter in parameters:
            parameter.requires_grad_(True)
        for index, picture in enumerate(self._pictures):
            drawn, plain = self._draw(picture)
            away = 2 * (self._difference(index, drawn) * push).sum() / tiles
            descend(away + self._error(picture, plain, len(picture.tiles) / tiles, losses))
        for picture in self._beside:
            descend(self._error(picture, self._draw(picture)[1], 1 / len(self._beside), losses))
        broken = [name for name, value in losses.items() if not math.isfinite(value)]
        if not broken and not gradient.isfinite().all():
            broken = ["gradient"]
        if broken:
            raise FloatingPointError(f"settling: no longer a number: {', '.join(broken)}")
        return Evaluated(dict(losses), gradient, squares.sqrt())

    def _draw(self, picture: WholePicture) -> tuple[Tensor, Tensor]:
        with self._fabric.autocast():
            return draw(picture, self._network.decoder, self._network)

    def _difference(self, index: int, drawn: Tensor) -> Tensor:
        statistics = self._pictures[index].statistics(drawn, self._distance)
        return self._codes[index].T @ ((statistics - self._real[index]) / self._known.scale)

    def _error(self, picture: WholePicture, plain: Tensor, share: float, losses: dict[str, float]) -> Tensor:
        """The weighed squared error of a picture's tiles, added to `losses`."""
        # Without grain: with it, a decoder would be paid for making less of it.
        away = picture.cut(plain - picture.original(plain.device))
        error = self._settings.mse * share * away.square().mean()
        losses["mse"] += error.item()
        return error


def one_after_the_other(parts: Sequence[Tensor]) -> Tensor:
    """All values in one row, whatever their layout in memory."""
    return torch.cat([part.reshape(-1) for part in parts])
