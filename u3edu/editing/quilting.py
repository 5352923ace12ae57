"""Image quilting on labels: a tile of any size with the pattern of a small exemplar.

Source: Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001,
section 2. Here pixels are labels, so that the error of an overlap is the number of pixels that
differ. Blocks are taken turned by half a turn, too: more of them fit, and fibres keep their
direction. The tile closes on itself, so that copies of it lie side by side without a seam.
"""

from functools import lru_cache

import numpy as np

from u3edu.editing.draws import Draws
from u3edu.editing.exemplar import OUTSIDE, Exemplar

# Side and overlap of the blocks, and the smallest side of an exemplar that they are taken from:
# the larger the blocks, the fewer seams, but the fewer, too, from which to take one that fits.
_BLOCKS = ((12, 4, 28), (9, 3, 18), (6, 2, 12), (4, 1, 6), (3, 1, 3), (2, 1, 2), (1, 0, 1))
# With fewer places to take a block from, the tile would repeat itself too plainly.
_FEWEST_BLOCKS = 24
_MOST_BLOCKS = 1600
# About the side of a tile in pixels; a lesion is seldom larger.
_TILE = 72
# Blocks whose error is within a tenth of the best (Efros and Freeman, section 2.1), or a pixel
# above it, are as good; of this many of them the one that keeps the elements' shares is taken.
# The further the shares have drifted, the worse a block may fit: an exemplar with two tissues
# would otherwise be left with the one that it began with.
_TOLERANCE = 0.1
_CHOICES = 8


@lru_cache(maxsize=32)
def pattern_tile(exemplar: Exemplar, seed: int) -> np.ndarray:
    """A tile with the exemplar's pattern that continues itself on all sides.

    Parameters
    ----------
    exemplar : Exemplar
    seed : int
        Another seed gives another tile; the same gives the same, anywhere.

    Returns
    -------
    uint8 [S, S]
        S is about 72; read-only.
    """
    draws = Draws(seed, *exemplar.shape)
    blocks, side, overlap = _blocks(exemplar.labels, draws)
    step = side - overlap
    count = -(-_TILE // step)
    size = count * step
    tile = np.zeros((size, size), dtype=np.uint8)
    known = np.zeros((size, size), dtype=bool)
    flat = blocks.reshape(len(blocks), -1)
    shares = _Shares(exemplar.labels, flat)
    for top in range(0, size, step):
        for left in range(0, size, step):
            place = np.ix_((top + np.arange(side)) % size, (left + np.arange(side)) % size)
            before, seen = tile[place], known[place]
            errors = (flat[:, seen.ravel()] != before[seen]).sum(axis=1)
            slack = 1 + int(seen.sum()) * shares.off_by(100) // 100
            good = np.flatnonzero(errors <= errors.min() * (1 + _TOLERANCE) + slack)
            block = blocks[shares.best(good[draws.below(len(good), _CHOICES)])]
            tile[place] = np.where(_taken(block != before, seen, overlap), block, before)
            known[place] = True
    tile.setflags(write=False)
    return tile


class _Shares:
    """Keeps the shares of the elements in the blocks taken so far near those of the exemplar.

    Parameters
    ----------
    labels : uint8 [h, w]
        Of the exemplar, 255 outside.
    blocks : uint8 [N, S * S]
    """

    def __init__(self, labels: np.ndarray, blocks: np.ndarray) -> None:
        wanted = np.bincount(labels[labels != OUTSIDE])
        counts = np.stack([(blocks == element).sum(axis=1) for element in range(len(wanted))], axis=1)
        # In whole numbers, so that ties are the same everywhere.
        self._surplus = counts * wanted.sum() - blocks.shape[1] * wanted
        self._total = np.zeros(len(wanted), dtype=np.int64)
        self._step, self._whole = int(blocks.shape[1] * wanted.sum()), 0

    def off_by(self, scale: int) -> int:
        """How far the shares are off so far (total variation), 0 to `scale`."""
        return int(scale * np.abs(self._total).sum() // max(2 * self._whole, 1))

    def best(self, choices: np.ndarray) -> int:
        """Which of some blocks to take next; counts it as taken."""
        chosen = int(choices[np.abs(self._total + self._surplus[choices]).sum(axis=1).argmin()])
        self._total = self._total + self._surplus[chosen]
        self._whole += self._step
        return chosen


def _blocks(labels: np.ndarray, draws: Draws) -> tuple[np.ndarray, int, int]:
    """Blocks of the exemplar, uint8 [N, S, S], with their side S and the overlap to use."""
    fitting = [(side, overlap) for side, overlap, smallest in _BLOCKS if min(labels.shape) >= smallest]
    for side, _ in fitting:
        windows = np.lib.stride_tricks.sliding_window_view(labels, (side, side))
        whole = (windows != OUTSIDE).all(axis=(2, 3))
        if whole.sum() >= _FEWEST_BLOCKS or side == 1:
            break
    blocks = windows[whole]
    blocks = np.concatenate([blocks, blocks[:, ::-1, ::-1]])
    if len(blocks) > _MOST_BLOCKS:
        blocks = blocks[draws.below(len(blocks), _MOST_BLOCKS)]
    return blocks, side, dict(fitting)[side]


def _taken(differs: np.ndarray, seen: np.ndarray, overlap: int) -> np.ndarray:
    """Which pixels of a block are taken from it and not from what is there already.

    Along each side that overlaps, the border between the two is the path that crosses the
    fewest pixels that differ.
    """
    taken = np.ones(differs.shape, dtype=bool)
    if overlap == 0:
        return taken
    for turns in range(4):
        # Turned so that the side in question is the left one.
        strip = np.rot90(seen, turns)[:, :overlap]
        if strip[overlap : len(strip) - overlap].all():
            border = _best_path(np.rot90(differs, turns)[:, :overlap])
            beyond = np.arange(len(differs))[None, :] >= border[:, None]
            taken &= np.rot90(beyond, -turns)
    return taken | ~seen


def _best_path(differs: np.ndarray) -> np.ndarray:
    """The column in each row of the path from top to bottom with the fewest true pixels, int [R]."""
    rows = len(differs)
    cost = differs.astype(np.int64)
    far = np.iinfo(np.int64).max // 2
    for row in range(1, rows):
        padded = np.concatenate(([far], cost[row - 1], [far]))
        cost[row] += np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
    path = np.zeros(rows, dtype=np.int64)
    path[-1] = cost[-1].argmin()
    for row in range(rows - 2, -1, -1):
        low = max(path[row + 1] - 1, 0)
        path[row] = low + cost[row, low : path[row + 1] + 2].argmin()
    return path
