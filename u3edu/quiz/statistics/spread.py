"""Mean ± SD of one number a person, with its bootstrap interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Spread:
    """One number of each of several persons.

    Parameters
    ----------
    n : int
    mean : float
    sd : float or None
        With n - 1 in the denominator; None for a single person.
    low, high : float
        95 % percentile bootstrap interval of the mean.
    """

    n: int
    mean: float
    sd: float | None
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.2f}" if self.sd is None else f"{self.mean:.2f} ± {self.sd:.2f}"


def spread(values: Sequence[float] | np.ndarray) -> Spread | None:
    """Mean, SD and interval of values; None where there are none."""
    numbers = np.asarray(values, dtype=np.float64)
    if not numbers.size:
        return None
    low, high = bootstrap_interval(numbers, lambda drawn: drawn.mean(axis=1))
    sd = float(numbers.std(ddof=1)) if numbers.size > 1 else None
    return Spread(numbers.size, float(numbers.mean()), sd, low, high)


def bootstrap_interval(
    units: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], *, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    Parameters
    ----------
    units : array [N, ...]
        What is drawn with replacement, along the first axis: persons or items.
    statistic : callable
        Of all draws at once, [draws, N, ...]; answers float [draws]. Draws at which it is not
        finite are left out.
    seed : int

    Returns
    -------
    low, high : float
        At 95 %; NaN where no draw has a value.
    """
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(units), size=(RESAMPLES, len(units)))
    values = statistic(units[draws])
    values = values[np.isfinite(values)]
    if not values.size:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
