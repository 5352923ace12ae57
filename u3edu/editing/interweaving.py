"""The rim of a painted tissue: where the new pattern and what was there are interwoven."""

import numpy as np
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.editing.draws import Draws

# Sweeps over the rim; from the third on hardly a pixel changes.
_SWEEPS = 3
# In sixteenths of a bit: what it costs a pixel to leave its first choice, so that the rim's ragged
# course stays and only pixels that fit badly change.
_LEAVING = 16


def interweave(
    before: np.ndarray, painted: np.ndarray, covered: np.ndarray, rim: int, seed: int
) -> np.ndarray:
    """Let new and old labels alternate in the outer rim of a painted area.

    From the area's edge inwards more and more pixels are new, in a ragged course; then each
    pixel of the rim takes the one of its two labels that goes better with its four neighbours,
    by how often such neighbours occur in the old and in the new pattern (iterated conditional
    modes; Besag, J R Stat Soc B 48:259, 1986).

    Parameters
    ----------
    before, painted : uint8 [H, W]
        The labels without and with the whole area painted.
    covered : bool [H, W]
        The painted area.
    rim : int
        Width of the rim in pixels.
    seed : int

    Returns
    -------
    uint8 [H, W]
        A new array: `before` outside the area, `painted` deeper in it than the rim.
    """
    box = Box.around(covered)
    if rim == 0 or box is None:
        return painted.copy()
    near = box.grow(rim + 1).clip((covered.shape[0], covered.shape[1])).slices
    woven = painted.copy()
    woven[near] = _weave(before[near], painted[near], covered[near], rim, seed)
    return woven


def _weave(before: np.ndarray, painted: np.ndarray, covered: np.ndarray, rim: int, seed: int) -> np.ndarray:
    # The frame of the picture is no edge of the area.
    depth = ndimage.distance_transform_edt(np.pad(covered, 1, mode="edge"))[1:-1, 1:-1]
    band = covered & (depth <= rim) & (before != painted)
    new = covered & (_ranks(covered.shape, seed) * (rim + 1) < depth)
    first = np.where(new, painted, before)
    costs = _pair_costs(before, painted, covered)
    woven = first.copy()
    parity = np.indices(covered.shape).sum(axis=0) % 2
    for _ in range(_SWEEPS):
        for turn in (0, 1):
            old_cost = _neighbour_cost(before, woven, costs) + _LEAVING * new
            new_cost = _neighbour_cost(painted, woven, costs) + _LEAVING * ~new
            change = band & (parity == turn)
            # Where both go as well the first choice stays.
            better = np.where(new_cost < old_cost, painted, np.where(old_cost < new_cost, before, first))
            woven[change] = better[change]
    return woven


def _ranks(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Numbers in [0, 1), as many of each size, alike within about two pixels; float64 [H, W]."""
    size = int(np.prod(shape))
    noise = Draws(seed, *shape).below(1 << 16, size).reshape(shape)
    # Sums of whole numbers over 3 x 3 pixels, so that the order is the same everywhere.
    sums = sum(np.roll(noise, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1))
    order = np.argsort(np.asarray(sums).ravel(), kind="stable")
    ranks = np.empty(size, dtype=np.int64)
    ranks[order] = np.arange(size)
    return ranks.reshape(shape) / size


def _pair_costs(before: np.ndarray, painted: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """What it costs two labels to lie side by side, in sixteenths of a bit, int64 [256, 256]."""
    counts = np.ones((256, 256), dtype=np.int64)
    for labels, inside in ((before, ~covered), (painted, covered)):
        for first, second, both in (
            (labels[:-1], labels[1:], inside[:-1] & inside[1:]),
            (labels[:, :-1], labels[:, 1:], inside[:, :-1] & inside[:, 1:]),
        ):
            np.add.at(counts, (first[both], second[both]), 1)
            np.add.at(counts, (second[both], first[both]), 1)
    alone = counts.sum(axis=1, keepdims=True)
    # Lift (both together against each by itself): a rare element is no bad neighbour for being rare.
    bits = np.log2(counts) - 0.5 * np.log2(alone) - 0.5 * np.log2(alone.T)
    return np.rint(-16 * bits).astype(np.int64)


def _neighbour_cost(labels: np.ndarray, around: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Cost of each label beside its four neighbours in `around`, int64 [H, W]."""
    padded = np.pad(around, 1, mode="edge")
    total = np.zeros(labels.shape, dtype=np.int64)
    for neighbour in (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]):
        total += costs[labels, neighbour]
    return total
