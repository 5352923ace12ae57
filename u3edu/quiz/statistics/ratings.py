"""Shares of A, B and C for synthetic against real pictures, as in section 3 of the paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from u3edu.quiz.answers import Rating
from u3edu.quiz.statistics.reading import RATE_ABC, Reading
from u3edu.quiz.statistics.spread import Spread, spread

RATINGS: tuple[Rating, ...] = ("A", "B", "C")


@dataclass(frozen=True)
class RatingComparison:
    """How often readers gave one rating to synthetic and to real pictures.

    Parameters
    ----------
    rating : str
    synthetic, real : Spread
        Shares over readers.
    p_paired : float or None
        Two-sided t-test of the readers' differences (each rated both kinds); None where they
        do not differ at all, or fewer than two readers rated both.
    p_welch : float or None
        Two-sided t-test that takes the two groups of shares as independent, with unequal
        variances. The paper does not say which t-test it used.
    """

    rating: Rating
    synthetic: Spread
    real: Spread
    p_paired: float | None
    p_welch: float | None


def rating_shares(readings: Sequence[Reading]) -> dict[str, dict[str, np.ndarray]]:
    """The share of each rating by reader, for synthetic and real pictures.

    Items with a fault made on purpose are left out: here, as in the paper, a picture and its
    caption are meant to be right. So are readers who did not rate both kinds, and answers that
    came too late.

    Returns
    -------
    dict
        ``shares["synthetic"]["A"]`` is float64 [readers], in the order of the readers' names.
    """
    by_reader: dict[str, dict[str, list[str]]] = {}
    for one in readings:
        if one.kind == RATE_ABC and one.fault == "none" and one.answer:
            by_reader.setdefault(one.who, {"synthetic": [], "real": []})[one.source].append(one.answer)
    rated = [by_reader[who] for who in sorted(by_reader) if all(by_reader[who].values())]
    return {
        source: {
            rating: np.array([np.mean([answer == rating for answer in given[source]]) for given in rated])
            for rating in RATINGS
        }
        for source in ("synthetic", "real")
    }


def compare_ratings(readings: Sequence[Reading]) -> tuple[RatingComparison, ...]:
    """A, B and C for synthetic against real pictures; nothing where no reader rated both."""
    shares = rating_shares(readings)
    rows = []
    for rating in RATINGS:
        synthetic, real = shares["synthetic"][rating], shares["real"][rating]
        both = spread(synthetic), spread(real)
        if both[0] is None or both[1] is None:
            return ()
        rows.append(RatingComparison(rating, both[0], both[1], *t_tests(synthetic, real)))
    return tuple(rows)


def t_tests(first: np.ndarray, second: np.ndarray) -> tuple[float | None, float | None]:
    """Two-sided p of the paired t-test and of Welch's; None where the values leave it undefined.

    Parameters
    ----------
    first, second : float [N]
        One number a reader, in the same order.
    """
    if len(first) < 2:
        return None, None
    paired = stats.ttest_rel(first, second).pvalue if np.ptp(first - second) > 0 else None
    varied = np.ptp(first) > 0 or np.ptp(second) > 0
    welch = stats.ttest_ind(first, second, equal_var=False).pvalue if varied else None
    return (None if paired is None else float(paired)), (None if welch is None else float(welch))
