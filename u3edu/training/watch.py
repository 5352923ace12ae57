"""Keeps an eye on the game between decoder and discriminator, and says when it is no game any more."""

_MEMORY = 0.98


class AdversarialWatch:
    """Notices a discriminator that has won, or that never learnt to separate.

    Parameters
    ----------
    warm_up : int
        Steps in which the discriminator learns alone, and may win.
    """

    def __init__(self, warm_up: int) -> None:
        self.warm_up = warm_up
        self.has_won = False
        self._loss: float | None = None
        self._told_apart: float | None = None

    def look(self, step: int, losses: dict[str, float]) -> str | None:
        """What there is to say after a step, or None.

        Parameters
        ----------
        step : int
        losses : dict of str to float
            With ``discriminator`` (4 before anything is learnt) and ``told_apart`` (0.5 by chance).
        """
        self._loss = _follow(self._loss, losses["discriminator"])
        self._told_apart = _follow(self._told_apart, losses["told_apart"])
        if self.warm_up and step + 1 == self.warm_up and self._told_apart < 0.6:
            return (
                f"step {step + 1}: after the warm-up the discriminator takes {self._told_apart:.0%} of the "
                "pixels for what they are (50 % is chance). It has little to teach the decoder: warm up "
                "longer, or raise discriminator_learning_rate"
            )
        won = step >= self.warm_up + 100 and self._loss < 0.1
        news, self.has_won = won and not self.has_won, won
        if news:
            return (
                f"step {step + 1}: the discriminator has won (loss {self._loss:.3f}, "
                f"{self._told_apart:.0%} of the pixels told apart): the decoder learns nothing from it any "
                "more. Lower discriminator_learning_rate, or give cutmix and consistency more weight"
            )
        return None


def _follow(mean: float | None, value: float) -> float:
    return value if mean is None else _MEMORY * mean + (1 - _MEMORY) * value
