"""Choosing the patch of a structure that shows its mixture best."""

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import LARGEST_SIDE, Exemplar
from u3edu.editing.label_map import LabelMap

# A pattern's grain is a few pixels: more than this shows nothing new.
SIDE = 48


def representative_exemplar(
    label_map: LabelMap, mask: np.ndarray, *, name: str, source: str, side: int = SIDE
) -> Exemplar:
    """The part of a structure whose mixture of elements is most like that of the whole.

    Parameters
    ----------
    label_map : LabelMap
    mask : bool [H, W]
        The structure: the inside of a nodule's contour, a muscle, fat, a wall.
    name, source : str
        See `Exemplar`.
    side : int
        Rows and columns of the patch at most, up to 128. A smaller structure is taken whole; of
        a larger one, the window at least half full of it whose shares of elements differ least
        (total variation) from those of the whole structure, or the fullest where none is.

    Returns
    -------
    Exemplar
        Pixels of the window outside the structure are not part of it.

    Raises
    ------
    InvalidEdit
        If the mask is empty or of another size than the map, or the side is not 1 to 128.
    """
    if not 1 <= side <= LARGEST_SIDE:
        raise InvalidEdit(f"an exemplar's side is 1 to {LARGEST_SIDE} pixels; got {side}")
    box = Box.around(mask)
    if mask.shape != label_map.shape or box is None:
        return Exemplar.from_region(label_map, mask.astype(bool), name=name, source=source)
    labels, inside = label_map.labels[box.slices], mask[box.slices].astype(bool)
    height, width = min(side, inside.shape[0]), min(side, inside.shape[1])
    counts = np.stack(
        [_window_sums(inside & (labels == element), height, width) for element in np.unique(labels[inside])]
    )
    filled = counts.sum(axis=0)
    wanted = np.bincount(labels[inside])[np.unique(labels[inside])] / inside.sum()
    away = np.abs(counts / np.maximum(filled, 1) - wanted[:, None, None]).sum(axis=0)
    enough = filled >= min(height * width / 2, filled.max())
    top, left = np.unravel_index(np.where(enough, away, np.inf).argmin(), away.shape)
    window = np.zeros(mask.shape, dtype=bool)
    window[box.top + top : box.top + top + height, box.left + left : box.left + left + width] = True
    return Exemplar.from_region(label_map, window & mask, name=name, source=source)


def _window_sums(member: np.ndarray, height: int, width: int) -> np.ndarray:
    """How many true pixels each window of a size holds, int64 [H - height + 1, W - width + 1]."""
    sums = np.pad(member.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
