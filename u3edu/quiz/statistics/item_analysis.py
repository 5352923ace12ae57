"""Items: how hard each is, and how well it tells strong trainees from weak ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from u3edu.quiz.statistics.reading import Reading

# Kelley 1939: the upper and lower 27 % tell most about an item.
EXTREME_SHARE = 0.27


@dataclass(frozen=True)
class ItemFigures:
    """What the answers of a class say about one item.

    Parameters
    ----------
    item, kind, dataset : str
    answers : int
    difficulty : float
        Share of the trainees who got it wholly right: high is easy.
    point_biserial : float or None
        Correlation of right or wrong with the score in all other items; None where either does
        not vary.
    upper_lower : float or None
        Share right among the best 27 % of the class less that among the worst 27 %, by the score
        in all other items; ties at the limits are cut by name.
    median_seconds : float or None
    """

    item: str
    kind: str
    dataset: str
    answers: int
    difficulty: float
    point_biserial: float | None
    upper_lower: float | None
    median_seconds: float | None


def score_matrix(readings: Sequence[Reading]) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Right or wrong of each trainee at each item.

    Returns
    -------
    float64 [trainees, items]
        1 or 0; NaN where there is no answer.
    trainees, items : tuples of str
        Sorted by name.
    """
    who = tuple(sorted({one.who for one in readings}))
    items = tuple(sorted({one.item for one in readings}))
    rows, columns = ({name: number for number, name in enumerate(names)} for names in (who, items))
    matrix = np.full((len(who), len(items)), np.nan)
    for one in readings:
        matrix[rows[one.who], columns[one.item]] = one.right
    return matrix, who, items


def analyse_items(readings: Sequence[Reading]) -> tuple[ItemFigures, ...]:
    """Difficulty and discrimination of every item, sorted by identifier."""
    matrix, _, items = score_matrix(readings)
    by_item: dict[str, list[Reading]] = {item: [] for item in items}
    for one in readings:
        by_item[one.item].append(one)
    figures = []
    for number, item in enumerate(items):
        given = by_item[item]
        answered = ~np.isnan(matrix[:, number])
        right = matrix[answered, number]
        rest = _rest_scores(matrix[answered], number)
        seconds = [one.seconds for one in given if one.seconds is not None]
        figures.append(
            ItemFigures(
                item=item,
                kind=given[0].kind,
                dataset=given[0].dataset,
                answers=len(given),
                difficulty=float(right.mean()),
                point_biserial=point_biserial(right, rest),
                upper_lower=upper_lower(right, rest),
                median_seconds=float(np.median(seconds)) if seconds else None,
            )
        )
    return tuple(figures)


def point_biserial(right: np.ndarray, scores: np.ndarray) -> float | None:
    """Correlation of right or wrong (1 or 0) with scores; None where either does not vary."""
    known = ~np.isnan(scores)
    right, scores = right[known], scores[known]
    if right.size < 3 or np.ptp(right) == 0 or np.ptp(scores) == 0:
        return None
    return float(stats.pointbiserialr(right, scores).statistic)


def upper_lower(right: np.ndarray, scores: np.ndarray) -> float | None:
    """Share right among the best 27 % by score less that among the worst; None for fewer than 8."""
    known = ~np.isnan(scores)
    right, scores = right[known], scores[known]
    size = round(EXTREME_SHARE * right.size)
    if size < 2:
        return None
    order = np.argsort(scores, kind="stable")
    return float(right[order[-size:]].mean() - right[order[:size]].mean())


def _rest_scores(matrix: np.ndarray, number: int) -> np.ndarray:
    """Each trainee's share of right answers in all other items; NaN where there are none."""
    others = np.delete(matrix, number, axis=1)
    answered = (~np.isnan(others)).sum(axis=1)
    return np.where(answered > 0, np.nansum(others, axis=1) / np.maximum(answered, 1), np.nan)
