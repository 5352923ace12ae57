"""Agreement of several readers beyond chance: Fleiss' kappa and Krippendorff's alpha."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from u3edu.quiz.statistics.reading import Reading


def fleiss_kappa(counts: np.ndarray) -> float:
    """Fleiss' kappa (Fleiss 1971, Psychological Bulletin 76, 378).

    Parameters
    ----------
    counts : integers [N, k]
        How many readers put each of N items into each of k categories; the same number of
        readers for each item.

    Returns
    -------
    float
        1 at full agreement, 0 at chance; NaN where all answers are in one category.

    Raises
    ------
    ValueError
        If the number of readers differs between items, or is below 2.
    """
    readers = np.asarray(counts).sum(axis=1)
    if not readers.size or readers[0] < 2 or (readers != readers[0]).any():
        raise ValueError("Fleiss' kappa needs the same number of readers for each item, at least two")
    return float(kappas_of_counts(np.asarray(counts)[None])[0])


def kappas_of_counts(counts: np.ndarray) -> np.ndarray:
    """Fleiss' kappa of many tables at once; integers [tables, N, k] to float [tables]."""
    counts = np.asarray(counts, dtype=np.float64)
    readers = counts[0, 0].sum()
    observed = ((counts**2).sum(axis=2) - readers) / (readers * (readers - 1))
    by_chance = ((counts.sum(axis=1) / (readers * counts.shape[1])) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore"):  # all in one category: 0 / 0
        return (observed.mean(axis=1) - by_chance) / (1 - by_chance)


def krippendorff_alpha(values: np.ndarray, level: Literal["nominal", "ordinal"]) -> float:
    """Krippendorff's alpha (Krippendorff 2011, Computing Krippendorff's alpha-reliability).

    Parameters
    ----------
    values : float [readers, items]
        Categories as numbers, in their order for ``"ordinal"``; NaN where a reader gave none.
    level : str

    Returns
    -------
    float
        1 at full agreement, 0 at chance; NaN where fewer than two categories can be compared.
    """
    values = np.asarray(values, dtype=np.float64)
    categories = np.unique(values[~np.isnan(values)])
    counts = (values.T[:, :, None] == categories).sum(axis=1)
    return float(alphas_of_counts(counts[None], level)[0])


def alphas_of_counts(counts: np.ndarray, level: Literal["nominal", "ordinal"]) -> np.ndarray:
    """Krippendorff's alpha of many tables at once.

    Parameters
    ----------
    counts : integers [tables, items, k]
        How many readers gave an item each of the categories, in their order.
    level : str

    Returns
    -------
    float [tables]
        As `krippendorff_alpha`; categories that nobody gave change nothing.
    """
    counts = np.asarray(counts, dtype=np.float64)
    readers = counts.sum(axis=2)
    # An item with fewer than two readers compares nothing.
    weights = np.where(readers >= 2, 1 / np.maximum(readers - 1, 1), 0.0)
    coincidences = np.einsum("tui,tuj,tu->tij", counts, counts, weights)
    own = np.einsum("tui,tu->ti", counts, weights)
    coincidences -= own[:, :, None] * np.eye(counts.shape[2])
    totals = coincidences.sum(axis=2)
    distances = _squared_distances(totals, level)
    expected = np.einsum("ti,tj,tij->t", totals, totals, distances)
    found = (coincidences * distances).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):  # a single category: 0 / 0
        return 1 - (totals.sum(axis=1) - 1) * found / expected


def _squared_distances(totals: np.ndarray, level: str) -> np.ndarray:
    """How far apart categories count as, squared, float64 [tables, k, k]."""
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(totals.shape[1]), (*totals.shape, totals.shape[1]))
    # For ordered categories: how many values lie between their middles.
    ranks = np.cumsum(totals, axis=1) - totals / 2
    return (ranks[:, :, None] - ranks[:, None, :]) ** 2


def rating_matrix(readings: Sequence[Reading], categories: Sequence[str]) -> np.ndarray:
    """Answers as numbers of categories, float64 [readers, items]; NaN where there is none."""
    readers = {who: number for number, who in enumerate(sorted({one.who for one in readings}))}
    items = {item: number for number, item in enumerate(sorted({one.item for one in readings}))}
    matrix = np.full((len(readers), len(items)), np.nan)
    for one in readings:
        if one.answer in categories:
            matrix[readers[one.who], items[one.item]] = categories.index(one.answer)
    return matrix


def category_counts(matrix: np.ndarray, categories: int) -> np.ndarray:
    """How many readers gave each category, integers [items, categories]."""
    return np.asarray((matrix.T[:, :, None] == np.arange(categories)).sum(axis=1))
