"""How well a segmentation agrees with the truth: regions, boundaries, and unions of segments."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from skimage.measure import label as label_pieces


def contingency(segments: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """How many pixels each segment shares with each true region.

    Parameters
    ----------
    segments, truth : integers of one shape
        Numbers are names; they need not be consecutive.

    Returns
    -------
    int64 [number of segments, number of regions]
        In ascending order of the numbers.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if segments.shape != truth.shape:
        raise ValueError(f"segments {segments.shape} and truth {truth.shape} differ in shape")
    _, rows = np.unique(segments, return_inverse=True)
    _, columns = np.unique(truth, return_inverse=True)
    width = int(columns.max()) + 1
    shared = np.bincount(rows.ravel() * width + columns.ravel(), minlength=(int(rows.max()) + 1) * width)
    return shared.reshape(-1, width)


def adjusted_rand_index(segments: np.ndarray, truth: np.ndarray) -> float:
    """Agreement on pairs of pixels, corrected for chance: 1 for the same partition, 0 for chance.

    Source: Hubert and Arabie, Journal of Classification 2:193, 1985, equation 5.
    """
    table = contingency(segments, truth).astype(np.float64)

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    together, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = table.sum() * (table.sum() - 1) / 2
    expected = rows * columns / every
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def boundaries(segments: np.ndarray) -> np.ndarray:
    """Pixels with a 4-neighbour of another segment, bool [H, W]."""
    edge = np.zeros(segments.shape, dtype=bool)
    down = segments[1:] != segments[:-1]
    across = segments[:, 1:] != segments[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    return edge


def boundary_recall(segments: np.ndarray, truth: np.ndarray, tolerance: float) -> float:
    """Share of the true boundary's pixels with a segment's boundary within `tolerance` pixels.

    Source: Stutz, Hermans and Leibe, Computer Vision and Image Understanding 166:1, 2018,
    section 5.1; the neighbourhood here is round.
    """
    wanted, found = boundaries(truth), boundaries(segments)
    if not wanted.any():
        return 1.0
    if not found.any():
        return 0.0
    distance = ndimage.distance_transform_edt(~found)
    return float((distance[wanted] <= tolerance).mean())


def undersegmentation_error(segments: np.ndarray, truth: np.ndarray, tolerance: float) -> float:
    """Share of the pixels by which segments leak over the borders of true regions.

    For each segment and region that meet, the smaller of the segment's parts inside and outside
    the region. Pixels within `tolerance` of a true boundary are left out, as an error of that
    size is not counted.

    Source: Neubert and Protzel, Superpixel benchmark and comparison, Forum Bildverarbeitung
    2012, equation 3.
    """
    near = ndimage.distance_transform_edt(~boundaries(truth)) <= tolerance
    if near.all():
        return 0.0
    table = contingency(segments[~near], truth[~near])
    leaks = np.minimum(table, table.sum(axis=1, keepdims=True) - table)
    return float(leaks.sum() / table.sum())


def best_match_dice(segments: np.ndarray, mask: np.ndarray) -> float:
    """Dice of a mask with the one segment that fits it best; 0 for an empty mask."""
    if not mask.any():
        return 0.0
    table = contingency(segments, mask.astype(np.int8))
    return _best_match(table[:, -1], table.sum(axis=1))


class Union(NamedTuple):
    """The union of segments that fits a mask best: its Dice, and how many segments it takes."""

    dice: float
    segments: int


def best_union(segments: np.ndarray, mask: np.ndarray) -> Union:
    """The union of segments that fits a mask best.

    A segment belongs to the best union where its share inside the mask is at least half of the
    Dice that is reached (Dinkelbach); the best union is therefore found among those of the
    purest segments, one more at a time.

    Parameters
    ----------
    segments : integers [H, W]
    mask : bool [H, W]

    Returns
    -------
    Union
        Dice 0 and no segment for an empty mask. The finer a segmentation, the better it can
        do with many segments: read the two numbers together.
    """
    if not mask.any():
        return Union(0.0, 0)
    table = contingency(segments, mask.astype(np.int8))
    return _best_union(table[:, -1], table.sum(axis=1))


def _best_match(inside: np.ndarray, sizes: np.ndarray) -> float:
    """The largest Dice of one segment, of the pixels inside the mask and of all, by segment."""
    return float((2 * inside / (sizes + inside.sum())).max())


def _best_union(inside: np.ndarray, sizes: np.ndarray) -> Union:
    """The best union, of the pixels inside the mask and of all, by segment."""
    order = np.argsort(-inside / sizes, kind="stable")
    unions = 2 * inside[order].cumsum() / (sizes[order].cumsum() + inside.sum())
    return Union(float(unions.max()), int(unions.argmax()) + 1)


def connected_segments(labels: np.ndarray) -> np.ndarray:
    """Each 4-connected piece of each label as a segment of its own, int32 [H, W]."""
    # Every label counts, 0 too: the background is a number that no label has.
    pieces = label_pieces(  # type: ignore[no-untyped-call]
        labels.astype(np.int64), background=-1, connectivity=1
    )
    return pieces.astype(np.int32)


@dataclass(frozen=True)
class SegmentationFigures:
    """A segmentation beside the true tissues of a picture.

    Parameters
    ----------
    labels : int
        How many labels it has (elements, clusters or super-pixels).
    pieces : int
        How many connected pieces they have. The finer a segmentation, the easier are high
        recall and small under-segmentation error.
    rand : float
        Adjusted Rand index of the labels.
    recall_1, recall_2 : float
        Boundary recall at 1 and 2 pixels.
    leak_1, leak_2 : float
        Under-segmentation error of the connected pieces at 1 and 2 pixels.
    dice : dict of str to float
        For each tissue in the picture the Dice of the label that matches it best.
    union_dice : dict of str to float
        For each tissue the Dice of the best union of connected pieces.
    """

    labels: int
    pieces: int
    rand: float
    recall_1: float
    recall_2: float
    leak_1: float
    leak_2: float
    dice: dict[str, float]
    union_dice: dict[str, float]

    @property
    def mean_dice(self) -> float:
        """Mean of `dice` over the tissues."""
        return float(np.mean(list(self.dice.values())))

    @property
    def mean_union_dice(self) -> float:
        """Mean of `union_dice` over the tissues."""
        return float(np.mean(list(self.union_dice.values())))


def segmentation_figures(
    labels: np.ndarray, tissues: np.ndarray, tissue_names: tuple[str, ...]
) -> SegmentationFigures:
    """Measure a segmentation against the tissues of a phantom.

    Parameters
    ----------
    labels : integers [H, W]
    tissues : integers [H, W]
        The truth, an index into `tissue_names`.
    tissue_names : tuple of str
    """
    pieces = connected_segments(labels)
    present = [tissue_names[number] for number in np.unique(tissues)]
    by_label, by_piece = contingency(labels, tissues), contingency(pieces, tissues)
    label_sizes, piece_sizes = by_label.sum(axis=1), by_piece.sum(axis=1)
    return SegmentationFigures(
        labels=int(np.unique(labels).size),
        pieces=len(piece_sizes),
        rand=adjusted_rand_index(labels, tissues),
        recall_1=boundary_recall(labels, tissues, 1),
        recall_2=boundary_recall(labels, tissues, 2),
        leak_1=undersegmentation_error(pieces, tissues, 1),
        leak_2=undersegmentation_error(pieces, tissues, 2),
        dice={name: _best_match(by_label[:, n], label_sizes) for n, name in enumerate(present)},
        union_dice={name: _best_union(by_piece[:, n], piece_sizes).dice for n, name in enumerate(present)},
    )
