"""Signal detection: sensitivity, specificity, d′ and bias of a reader who looks for synthetic pictures."""

from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats

from u3edu.quiz.statistics.reading import Reading


@dataclass(frozen=True)
class Detection:
    """How well one reader finds the synthetic pictures.

    Parameters
    ----------
    hits, misses : int
        Synthetic pictures called synthetic, and real.
    false_alarms, rejections : int
        Real pictures called synthetic, and real.
    """

    hits: int
    misses: int
    false_alarms: int
    rejections: int

    @property
    def sensitivity(self) -> float | None:
        """Share of the synthetic pictures that were found; None where there are none."""
        total = self.hits + self.misses
        return self.hits / total if total else None

    @property
    def specificity(self) -> float | None:
        """Share of the real pictures that were taken for real; None where there are none."""
        total = self.false_alarms + self.rejections
        return self.rejections / total if total else None

    @property
    def d_prime(self) -> float | None:
        """Sensitivity index: z(hit rate) - z(false alarm rate), 0 at chance.

        Rates with the log-linear correction (Hautus 1995): half a count is added to hits and
        false alarms and one to each total, so that perfect rates stay finite. It draws large
        values towards 0.
        """
        rates = self._z_rates()
        return None if rates is None else rates[0] - rates[1]

    @property
    def criterion(self) -> float | None:
        """Bias c: below 0 for a reader who calls too much synthetic; corrected like `d_prime`."""
        rates = self._z_rates()
        return None if rates is None else -(rates[0] + rates[1]) / 2

    def _z_rates(self) -> tuple[float, float] | None:
        signals, noises = self.hits + self.misses, self.false_alarms + self.rejections
        if not signals or not noises:
            return None
        rates = (self.hits + 0.5) / (signals + 1), (self.false_alarms + 0.5) / (noises + 1)
        return float(stats.norm.ppf(rates[0])), float(stats.norm.ppf(rates[1]))


def detection(readings: Iterable[Reading]) -> Detection:
    """Count the answers of `real_or_synthetic` items; answers that came too late are wrong ones."""
    counts = {"hits": 0, "misses": 0, "false_alarms": 0, "rejections": 0}
    for one in readings:
        if one.kind == "real_or_synthetic" and one.source == "synthetic":
            counts["hits" if one.answer == "synthetic" else "misses"] += 1
        elif one.kind == "real_or_synthetic":
            counts["rejections" if one.answer == "real" else "false_alarms"] += 1
    return Detection(**counts)
