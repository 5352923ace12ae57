"""How alike two patterns of elements are: in their shares, and in which elements lie side by side."""

import numpy as np


def element_shares(labels: np.ndarray, inside: np.ndarray, count: int) -> np.ndarray:
    """Share of each element among the pixels inside, float64 [count], summing to 1.

    Parameters
    ----------
    labels : uint8 [H, W]
    inside : bool [H, W]
    count : int
        Number of elements K.
    """
    _check(inside)
    shares: np.ndarray = np.bincount(labels[inside], minlength=count) / inside.sum()
    return shares


def neighbour_shares(labels: np.ndarray, inside: np.ndarray, count: int, distance: int = 1) -> np.ndarray:
    """Share of each pair of elements among neighbours, float64 [count, count], summing to 1.

    The grey-level co-occurrence matrix of Haralick (IEEE Trans SMC 3:610, 1973) on labels, along
    rows and columns together, symmetric.

    Parameters
    ----------
    labels : uint8 [H, W]
    inside : bool [H, W]
        Both pixels of a pair lie inside.
    count : int
        Number of elements K.
    distance : int
        Between the two pixels of a pair, in pixels.

    Raises
    ------
    ValueError
        If no two pixels inside are neighbours.
    """
    _check(inside)
    pairs = np.zeros(count * count, dtype=np.int64)
    for axis in (0, 1):
        here = [slice(None), slice(None)]
        there = [slice(None), slice(None)]
        here[axis], there[axis] = slice(None, -distance), slice(distance, None)
        both = inside[tuple(here)] & inside[tuple(there)]
        first = labels[tuple(here)][both].astype(np.int64)
        pairs += np.bincount(first * count + labels[tuple(there)][both], minlength=count * count)
    if not pairs.any():
        raise ValueError(f"no two pixels inside are neighbours at a distance of {distance}")
    matrix = pairs.reshape(count, count)
    return (matrix + matrix.T) / (2 * matrix.sum())


def total_variation(first: np.ndarray, second: np.ndarray) -> float:
    """Half the sum of absolute differences of two distributions: 0 the same, 1 nothing in common."""
    return float(np.abs(first - second).sum() / 2)


def _check(inside: np.ndarray) -> None:
    if not inside.any():
        raise ValueError("there is no pixel to measure")
