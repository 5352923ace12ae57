"""Whole pictures for the reader loss: drawn as an engine draws them, looked at where a reader looks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from u3edu.engine.padding import pad_to_stride
from u3edu.engine.protocol import Engine
from u3edu.engine.soft_borders import soft_borders
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice
from u3edu.imaging.tiles import Tile, tiles_inside
from u3edu.model.parallel import mean_of_all_processes
from u3edu.model.spacing import spacing_code
from u3edu.model.u3net import U3Net
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures, crop_statistics
from u3edu.training.stage2_config import Stage2Config

# Parts of pictures begin and end where the coarsest level of any decoder does; sizes are then few, too.
_ALIGNED = 32


@dataclass(frozen=True, eq=False)
class WholePicture:
    """A slice as an engine sees it, and where a reader looks at it.

    Parameters
    ----------
    pixels : float32 [H, W]
    labels : uint8 [H, W]
    grain : float
        How strong the engine has its grain drawn; see `Acquisition`.
    element_grain : float32 [K]
        As a multiple of that in each element.
    spacing_code : float
    tiles : tuple of Tile
    corner : tuple of int
        Row and column at which it begins in the slice that it was cut out of, multiples of `_ALIGNED`.
    still : int
        So many of the tiles, the first ones, lie on the grid that a reader looks at.
    """

    pixels: np.ndarray
    labels: np.ndarray
    grain: float
    element_grain: np.ndarray
    spacing_code: float
    tiles: tuple[Tile, ...]
    corner: tuple[int, int] = (0, 0)
    still: int = 0

    @classmethod
    def of(cls, picture: Slice, engine: Engine, config: Stage2Config) -> "WholePicture":
        """What `engine` makes of a slice, with tiles of a crop's size, three quarters of it apart."""
        described = engine.segment(picture)
        labels, acquisition = described.labels, described.acquisition
        share, step, grids = config.reader.least_foreground, 3 * config.crop // 4, config.reader.grids
        body, firsts = body_mask(picture), [number * step // grids for number in range(grids)]
        grid_tiles = [tiles_inside(body, config.crop, step, share, first) for first in firsts]
        multiples = np.array(acquisition.element_grain or (1.0,) * len(engine.elements), dtype=np.float32)
        code = spacing_code(picture.pixel_size, config.spacings)
        return cls(
            picture.pixels,
            labels,
            acquisition.grain,
            multiples,
            code,
            tuple(chain.from_iterable(grid_tiles)),
            still=len(grid_tiles[0]),
        )

    def cut(self, drawn: Tensor) -> Tensor:
        """The tiles [N, 1, S, S] of a picture [1, 1, H, W]."""
        return torch.cat([drawn[:, :, rows, columns] for rows, columns in self.tiles])

    def original(self, device: torch.device) -> Tensor:
        """The slice itself, float [1, 1, H, W]."""
        return torch.tensor(self.pixels, device=device)[None, None]

    def statistics(self, drawn: Tensor, distance: FeatureDistance) -> Tensor:
        """What a backbone sees of each tile, float [N, F]; see `crop_statistics`."""
        return crop_statistics(distance.features(self.cut(drawn)), len(self.tiles))

    def mirrored(self) -> "WholePicture":
        """The picture with left and right exchanged, before it is cut."""
        width = self.labels.shape[1]
        tiles = tuple(
            (rows, slice(width - columns.stop, width - columns.start)) for rows, columns in self.tiles
        )
        pixels, labels = (np.ascontiguousarray(plane[:, ::-1]) for plane in (self.pixels, self.labels))
        return replace(self, pixels=pixels, labels=labels, tiles=tiles)

    def around(self, tiles: Sequence[Tile], halo: int) -> "WholePicture":
        """Some tiles and what lies at least `halo` pixels around them, as a picture of its own."""
        inside: list[slice] = []
        for sides, length in zip(zip(*tiles, strict=True), self.labels.shape, strict=True):
            first = max(min(side.start for side in sides) - halo, 0) // _ALIGNED * _ALIGNED
            last = -(-(max(side.stop for side in sides) + halo) // _ALIGNED) * _ALIGNED
            inside.append(slice(first, min(last, length)))
        rows, columns = inside
        moved = tuple((_earlier(row, rows.start), _earlier(column, columns.start)) for row, column in tiles)
        pixels, labels = (np.ascontiguousarray(plane[rows, columns]) for plane in (self.pixels, self.labels))
        corner = self.corner[0] + rows.start, self.corner[1] + columns.start
        return replace(self, pixels=pixels, labels=labels, tiles=moved, corner=corner)


def _earlier(side: slice, by: int) -> slice:
    return slice(side.start - by, side.stop - by)


class WholePictures(RealFeatures):
    """The mean difference between slices and what a decoder draws of them, slice by slice.

    A reader looks at whole pictures, at the grain that the engine asks for, and at all slices of a
    patient; a step's crops are none of that. Each step draws a few slices anew and remembers how
    their tiles differed, beside what was remembered of all others: the mean over all is known much
    better than from a moving average over crops. See docs/decisions/11-stage-2.md.

    Parameters
    ----------
    pictures : sequence of WholePicture
        Those without a tile are left out.
    distance : FeatureDistance
        Whose backbone looks at the tiles, on the device where this is to be.
    config : Stage2Config

    Raises
    ------
    ValueError
        If fewer pictures than are to be drawn in a step have a tile, or there are fewer tiles than
        components.
    """

    differences: Tensor

    def __init__(
        self, pictures: Sequence[WholePicture], distance: FeatureDistance, config: Stage2Config
    ) -> None:
        shown = [picture for picture in pictures if picture.tiles]
        if len(shown) < config.reader.pictures:
            raise ValueError(
                f"{len(shown)} slices with a tile of {config.crop} pixels inside the body, and "
                f"{config.reader.pictures} are to be drawn in a step; lower reader.pictures, "
                "reader.least_foreground or crop"
            )
        device = next(distance.parameters()).device
        with torch.no_grad():
            real = [picture.statistics(picture.original(device), distance) for picture in shown]
        super().__init__(torch.cat(real), config.reader)
        self.pictures, self._real, self._seed = shown, real, config.seed
        # Sums over each slice's tiles: of all alike, and by where they lie along each component.
        shape = len(shown), 1 + self.components.shape[1], len(self.scale)
        self.register_buffer("differences", torch.zeros(shape).to(self.scale))

    def forward(
        self, decoder: nn.Module, network: U3Net, distance: FeatureDistance, step: int, fabric: Fabric
    ) -> Tensor:
        """How far the slices of a step lie along the discriminants of all slices, a scalar.

        Parameters
        ----------
        decoder : Module
            That of `network` as set up for its device, precision and data parallelism.
        network : U3Net
        distance : FeatureDistance
        step : int
            Decides which slices; each is drawn as often as the others.
        fabric : Fabric
            Each of its processes draws slices of its own.

        Returns
        -------
        float
            As of `LinearReader`, that of the mean and that of all components together.
        """
        drawn = self._of_step(step, fabric.world_size)
        own = drawn[fabric.global_rank]
        sums = torch.stack([self._difference(index, decoder, network, distance) for index in own])
        with torch.no_grad():
            known = cast(Tensor, fabric.all_gather(sums.detach())).reshape(-1, *sums.shape[1:])
            for index, difference in zip(chain.from_iterable(drawn), known, strict=True):
                self.differences[index] = difference
        # Of all processes, so that two of them give what one with twice the pictures does.
        own_tiles = torch.tensor(sum(len(self._real[index]) for index in own), device=sums.device)
        tiles = mean_of_all_processes(own_tiles.float())
        mean = self.differences.sum(dim=0) / sum(map(len, self._real))
        return self.along_discriminants(sums.sum(dim=0) / tiles, mean, alone=1)

    @torch.no_grad()
    def look(self, decoder: nn.Module, network: U3Net, distance: FeatureDistance) -> None:
        """Draw every slice, so that all differences are known; parameters as for `forward`."""
        for index in range(len(self.pictures)):
            self.differences[index] = self._difference(index, decoder, network, distance)

    def _difference(
        self, index: int, decoder: nn.Module, network: U3Net, distance: FeatureDistance
    ) -> Tensor:
        picture = self.pictures[index]
        statistics = picture.statistics(draw(picture, decoder, network)[0], distance)
        return self.codes(statistics.detach()).T @ ((statistics - self._real[index]) / self.scale)

    def _of_step(self, step: int, processes: int) -> list[list[int]]:
        """Which slices each process draws: all of them in a random order, then in another one."""
        count = self.settings.pictures
        firsts = [(step * processes + rank) * count for rank in range(processes)]
        return [[self._in_turn(number) for number in range(first, first + count)] for first in firsts]

    def _in_turn(self, number: int) -> int:
        turn, place = divmod(number, len(self.pictures))
        return int(np.random.default_rng((self._seed, turn)).permutation(len(self.pictures))[place])


def draw(picture: WholePicture, decoder: nn.Module, network: U3Net) -> tuple[Tensor, Tensor]:
    """The picture [1, 1, H, W] that an engine draws, and without its grain; with a gradient to the decoder.

    Parameters
    ----------
    picture : WholePicture
    decoder : Module
        That of `network`, or what it is wrapped in.
    network : U3Net
    """
    means = network.encoder.quantizer.means
    rows, columns = picture.labels.shape
    softened = soft_borders(picture.labels, network.config.encoder_blur)
    padded = pad_to_stride(softened, network.decoder.unet.stride)
    labels = torch.from_numpy(padded.astype(np.int64)).to(means.device)[None]
    grain, code = (torch.tensor([one], device=means.device) for one in (picture.grain, picture.spacing_code))
    quantized = network.encoder.quantizer.look_up(labels)
    filtered = network.config.grain_filters > 0
    decoded = decoder(quantized, None, grain, *picture.corner, apart=filtered, spacing_codes=code).float()
    plain = decoded
    if filtered:
        plain, noise = decoded.chunk(2, dim=1)
        decoded = plain + noise * torch.from_numpy(picture.element_grain).to(means.device)[labels][:, None]
    return decoded[:, :, :rows, :columns].clamp(-1, 1), plain[:, :, :rows, :columns]
