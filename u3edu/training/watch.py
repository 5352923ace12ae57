"""Keeps an eye on a run: clusters that stay dead, a discriminator that has won or never separates."""

from u3edu.model.quantizer import Quantizer
from u3edu.training.stage1_config import Stage1Config

_MEMORY = 0.98
# With the quantizer's decay of 0.99, a revived cluster that gets no pixel is dead again after 70 steps.
_DEAD_AGAIN_WITHIN = 150
_TIMES_IN_A_ROW = 4
# By then the moving average knows of a cluster that has lost its pixels.
_SETTLED_AFTER = 100


class ClusterWatch:
    """Notices clusters that revival does not help, and those still dead when it ends.

    Parameters
    ----------
    config : Stage1Config
    """

    def __init__(self, config: Stage1Config) -> None:
        self.config = config
        self._revivals: list[int] | None = None
        self._last: dict[int, int] = {}
        self._in_a_row: dict[int, int] = {}

    def look(self, step: int, quantizer: Quantizer) -> str | None:
        """What there is to say after a step, or None.

        Parameters
        ----------
        step : int
        quantizer : Quantizer
            Its clusters are numbered as in training; those of the weights go from dark to bright.
        """
        before, self._revivals = self._revivals, quantizer.revivals.tolist()
        revived = [k for k, count in enumerate(self._revivals) if before and count > before[k]]
        below = self.config.revive_below
        if step + 1 == min(self.config.settles_at + _SETTLED_AFTER, self.config.steps):
            dead = [k for k, is_dead in enumerate(quantizer.dead(below).tolist()) if is_dead]
            if len(dead) > len(self.config.divisions):
                return (
                    f"step {step + 1}: the run has settled and {_clusters(dead)} dead (less than "
                    f"{below:.1%} of the pixels); none is revived any more. Train longer before settling "
                    "(steps, settle_from), or take fewer elements"
                )
        stuck = [k for k in revived if self._count(k, step) == _TIMES_IN_A_ROW]
        if stuck:
            return (
                f"step {step + 1}: {_clusters(stuck)} dead again and again: revived "
                f"{_TIMES_IN_A_ROW} times in a row, each time without keeping {below:.1%} of the pixels. "
                "Take fewer elements, give reconstruction more weight or cross_view less, or, if an "
                "element may be that rare, lower revive_below"
            )
        return None

    def _count(self, cluster: int, step: int) -> int:
        """How often in a row the cluster has been revived, this time included."""
        again = step - self._last.get(cluster, -_DEAD_AGAIN_WITHIN - 1) <= _DEAD_AGAIN_WITHIN
        self._last[cluster] = step
        self._in_a_row[cluster] = self._in_a_row.get(cluster, 0) + 1 if again else 1
        return self._in_a_row[cluster]


class AdversarialWatch:
    """Notices a discriminator that has won, or that never learnt to separate.

    Parameters
    ----------
    learns_from : int
        The first step in which the decoder learns against it; until then it may win.
    """

    def __init__(self, learns_from: int) -> None:
        self.learns_from = learns_from
        self.has_won = False
        self._loss: float | None = None
        self._told_apart: float | None = None

    def look(self, step: int, losses: dict[str, float]) -> str | None:
        """What there is to say after a step, or None.

        Parameters
        ----------
        step : int
        losses : dict of str to float
            With ``discriminator`` (4 before anything is learnt) and ``told_apart`` (0.5 by chance);
            while a new decoder is fitted, there is neither.
        """
        if "discriminator" not in losses:
            return None
        self._loss = _follow(self._loss, losses["discriminator"])
        self._told_apart = _follow(self._told_apart, losses["told_apart"])
        if self.learns_from and step + 1 == self.learns_from and self._told_apart < 0.6:
            return (
                f"step {step + 1}: after the warm-up the discriminator takes {self._told_apart:.0%} of the "
                "pixels for what they are (50 % is chance). It has little to teach the decoder: warm up "
                "longer, or raise discriminator_learning_rate"
            )
        won = step >= self.learns_from + 100 and self._loss < 0.1
        news, self.has_won = won and not self.has_won, won
        if news:
            return (
                f"step {step + 1}: the discriminator has won (loss {self._loss:.3f}, "
                f"{self._told_apart:.0%} of the pixels told apart): the decoder learns nothing from it any "
                "more. Lower discriminator_learning_rate, or give cutmix and consistency more weight"
            )
        return None


def _clusters(numbers: list[int]) -> str:
    return f"cluster {numbers[0]} is" if len(numbers) == 1 else f"clusters {', '.join(map(str, numbers))} are"


def _follow(mean: float | None, value: float) -> float:
    return value if mean is None else _MEMORY * mean + (1 - _MEMORY) * value
