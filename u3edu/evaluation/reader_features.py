"""What the automatic reader looks at: a backbone's features of tiles inside the body."""

import numpy as np
import torch

from u3edu.evaluation.appearance import as_read
from u3edu.imaging.slice import Slice
from u3edu.imaging.tiles import tiles_inside
from u3edu.model.backbone import FINE_STAGES, Backbone

# Large enough for an organ's border and the texture on both sides of it.
TILE = 128
_STEP = 96
_COVERAGE = 0.75


def reader_tiles(body: np.ndarray) -> list[tuple[slice, slice]]:
    """Tiles of 128 pixels that lie inside the body, bool [H, W], with three quarters of their area."""
    return tiles_inside(body, TILE, _STEP, _COVERAGE)


def tile_features(backbone: Backbone, picture: Slice, body: np.ndarray) -> np.ndarray:
    """Mean and standard deviation of every feature channel over each tile.

    Parameters
    ----------
    backbone : Backbone
    picture : Slice
        Seen as a reader sees it (`as_read`); the features of several windows stand in one row.
    body : bool [H, W]
        See `reader_tiles`.

    Returns
    -------
    float32 [N, F]
        A row a tile; no row where no tile fits.
    """
    tiles = reader_tiles(body)
    seen = torch.from_numpy(as_read(picture))
    if not tiles:
        return np.empty((0, 0), dtype=np.float32)
    rows = []
    with torch.inference_mode():
        for tile in tiles:
            # Windows are a batch of one-channel pictures.
            stages = backbone(seen[:, *tile][:, None], FINE_STAGES)
            moments = [(stage.mean(dim=(2, 3)), stage.std(dim=(2, 3))) for stage in stages]
            rows.append(torch.cat([torch.cat(pair, dim=1) for pair in moments], dim=1).flatten())
    return torch.stack(rows).numpy()
