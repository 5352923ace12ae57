"""The samples of tiles that a decoder settles on, one after the other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from u3edu.engine.soft_borders import border_reach
from u3edu.model.u3net import U3Net
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture

# Pixels around a tile that is there for its squared error alone; see docs/decisions/11-stage-2.md.
_HALO_BESIDE = 16


def sample(
    config: Stage2Config,
    network: U3Net,
    pictures: Sequence[WholePicture],
    beside: Sequence[WholePicture],
    number: int,
) -> tuple[list[WholePicture], list[WholePicture]]:
    """Tiles to settle on, that follow from the seed and the number of the sample.

    Parameters
    ----------
    config : Stage2Config
    network : U3Net
    pictures, beside : sequence of WholePicture
    number : int

    Returns
    -------
    pictures : list of WholePicture
        All, every second one, ... as `config.settling` says, mirrored or not, with some of their
        tiles: as many as lie on `sample_grids` of their grids. These are drawn as in the whole picture.
        Where the `still` grid has a weight none is mirrored, and all tiles of that grid are among them.
    beside : list of WholePicture
        Likewise, but with one tile each.
    """
    numbers, settings = np.random.default_rng((config.seed, number)), config.settling
    every = settings.sample_every
    halo = network.decoder.unet.reach() + border_reach(network.config.encoder_blur)

    def of(some: Sequence[WholePicture], share: float, halo: int, still: bool = False) -> list[WholePicture]:
        shown = [picture for picture in some if picture.tiles]
        drawn = []
        for picture in shown[int(numbers.integers(every)) % max(len(shown), 1) :: every]:
            turned = picture.mirrored() if not still and numbers.random() < 0.5 else picture
            kept = picture.still if still else 0
            others = np.arange(kept, len(turned.tiles))
            count = min(max(1, round(share * len(turned.tiles))), len(others))
            chosen = np.sort(numbers.choice(others, size=count, replace=False))
            tiles = [turned.tiles[index] for index in (*range(kept), *chosen)]
            drawn.append(replace(turned.around(tiles, halo), still=kept))
        return drawn

    share = min(settings.sample_grids / config.reader.grids, 1)
    return of(pictures, share, halo, settings.still > 0), of(beside, 0, _HALO_BESIDE)
