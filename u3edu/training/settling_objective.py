"""What a decoder settles for at the end of stage 2, and what each picture has to do with it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from u3edu.model.u3net import U3Net
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture, draw


class Outputs(NamedTuple):
    """What a decoder makes of a picture, as far as the objective knows it.

    Parameters
    ----------
    difference : float [C, F]
        Of features, summed over the tiles: of all alike, and by where they lie along each component;
        0 where the squared error alone counts.
    plain : float [N, 1, S, S]
        The tiles without grain.
    """

    difference: Tensor
    plain: Tensor


class Looked(NamedTuple):
    """A sample of tiles, looked at.

    Parameters
    ----------
    difference : float [C, F]
        The mean over all tiles.
    error : float
        The weighed squared error.
    """

    difference: Tensor
    error: float


class Objective:
    """What a decoder settles for, as a function of its parameters alone.

    The squared distances that a reader would find in the mean over all tiles, and in the parts of it
    that go with what a real tile shows (`RealFeatures`), beside the squared error of pictures without
    grain. Where the `still` grid has a weight, the mean over its tiles comes last, and the others are
    over the rest. The mean over a sample's tiles can be replaced by one that is known better. All in single
    precision, whatever the run's is: in bf16 the gradient to the strengths of grain is another.

    Parameters
    ----------
    config : Stage2Config
    network : U3Net
    pictures, beside : sequence of WholePicture
        With a tile each; those beside count for the squared error alone.
    known : RealFeatures
        Of real tiles.
    distance : FeatureDistance
        Whose backbone looks at the tiles.
    """

    def __init__(
        self,
        config: Stage2Config,
        network: U3Net,
        pictures: Sequence[WholePicture],
        beside: Sequence[WholePicture],
        known: RealFeatures,
        distance: FeatureDistance,
    ) -> None:
        self.pictures, self.beside, self._known, self._distance = pictures, beside, known, distance
        self._network, self._mse = network, config.settling.mse
        self.decoder = network.decoder
        self._tiles = sum(len(picture.tiles) for picture in pictures)
        self._still = sum(picture.still for picture in pictures) if config.settling.still else None
        self.parameters = list(self.decoder.parameters())
        for parameter in self.parameters:
            parameter.requires_grad_(True)
        with torch.no_grad():
            self._real = [
                picture.statistics(picture.original(known.scale.device), distance) for picture in pictures
            ]
            self._codes = [self._codes_of(*pair) for pair in zip(pictures, self._real, strict=True)]
        weights = [1.0] + [config.reader.component_weight] * known.components.shape[1]
        weights += [config.settling.still] * (config.settling.still > 0)
        self._weights = torch.tensor(weights)[:, None].to(known.scale)
        self._nothing = torch.zeros(len(weights), len(known.scale)).to(known.scale)

    def move_to(self, values: Tensor) -> None:
        """Set the decoder's parameters, one after the other, float [P]."""
        move(self.parameters, values)

    @torch.no_grad()
    def look(self) -> Looked:
        """The sample as the decoder draws it now."""
        outputs = list(self.outputs())
        error = sum(self._error(index, own.plain).item() for index, own in enumerate(outputs))
        return Looked(self.mean(own.difference for own in outputs), error)

    def losses(self, difference: Tensor, error: float) -> dict[str, float]:
        """The parts of the objective, by name; `difference` [C, F] is of the mean over all tiles."""
        return {"reader": (difference * self.slope(difference)).sum().item() / 2, "mse": error}

    def gradient(self, difference: Tensor) -> Tensor:
        """To the decoder's parameters, one after the other, float [P].

        Parameters
        ----------
        difference : float [C, F]
            What is known of the mean over all tiles.

        Raises
        ------
        FloatingPointError
            If it is no number.
        """
        push = self.slope(difference)
        gradient = torch.zeros(sum(one.numel() for one in self.parameters), device=push.device)
        for index, own in enumerate(self.outputs()):
            gradient += self.down(self._error(index, own.plain) + (self.mean([own.difference]) * push).sum())
        if not gradient.isfinite().all():
            raise FloatingPointError("settling: no longer a number: gradient")
        return gradient

    def slope(self, difference: Tensor) -> Tensor:
        """How the reader's part changes with the mean difference, float [C, F]; linear in it."""
        return 2 * self._weights * (difference @ self._known.inverse)

    def random_slope(self, numbers: np.random.Generator) -> Tensor:
        """Normal numbers [C, F] whose products are, on average, the matrix of `slope`."""
        normal = torch.from_numpy(numbers.standard_normal(self._nothing.shape, dtype=np.float32))
        root = torch.linalg.cholesky(self._known.inverse)
        return (2 * self._weights).sqrt() * (normal.to(root) @ root.T)

    def mean(self, differences: Iterable[Tensor]) -> Tensor:
        """Of sums over the tiles of some pictures, their part of the mean over all, float [C, F]."""
        return sum(differences, self._nothing) / self._tiles

    def error_weight(self, index: int) -> float:
        """What the mean squared error of a picture's tiles counts for; those beside come last."""
        if index < len(self.pictures):
            return self._mse * len(self.pictures[index].tiles) / self._tiles
        return self._mse / len(self.beside)

    def outputs(self) -> Iterator[Outputs]:
        """Of the pictures and of those beside, one after the other."""
        return map(self._outputs, range(len(self.pictures) + len(self.beside)))

    def down(self, total: Tensor) -> Tensor:
        """The gradient of a scalar to the decoder's parameters, one after the other, float [P]."""
        return one_after_the_other(torch.autograd.grad(total, self.parameters, materialize_grads=True))

    def _codes_of(self, picture: WholePicture, real: Tensor) -> Tensor:
        """What each tile counts for in each mean, by what the original shows, float [N, C]."""
        codes = self._known.codes(real)
        if self._still is None:
            return codes
        still = (torch.arange(len(codes)) < picture.still).to(codes)[:, None]
        moved = self._tiles / max(self._tiles - self._still, 1) * (1 - still)
        return torch.column_stack([moved * codes, self._tiles / max(self._still, 1) * still])

    def _outputs(self, index: int) -> Outputs:
        if index >= len(self.pictures):
            picture = self.beside[index - len(self.pictures)]
            return Outputs(self._nothing, picture.cut(draw(picture, self.decoder, self._network)[1]))
        picture = self.pictures[index]
        drawn, plain = draw(picture, self.decoder, self._network)
        away = (picture.statistics(drawn, self._distance) - self._real[index]) / self._known.scale
        return Outputs(self._codes[index].T @ away, picture.cut(plain))

    def _error(self, index: int, plain: Tensor) -> Tensor:
        """The weighed squared error of a picture's tiles."""
        # Without grain: with it, a decoder would be paid for making less of it.
        picture = [*self.pictures, *self.beside][index]
        away = plain - picture.cut(picture.original(plain.device))
        return self.error_weight(index) * away.square().mean()


def one_after_the_other(parts: Sequence[Tensor]) -> Tensor:
    """All values in one row, whatever their layout in memory."""
    return torch.cat([part.reshape(-1) for part in parts])


@torch.no_grad()
def move(parameters: Sequence[Tensor], values: Tensor) -> None:
    """Set parameters to values that stand one after the other, whatever their layout in memory."""
    parts = torch.split(values, [parameter.numel() for parameter in parameters])
    for parameter, own in zip(parameters, parts, strict=True):
        parameter.copy_(own.view(parameter.shape))
