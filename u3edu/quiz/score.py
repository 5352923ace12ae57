"""A Score: how much of a quiz is answered, and how much of that is right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """The score of one trainee in one quiz.

    Parameters
    ----------
    items, answered : int
    right : int or None
        Items that are wholly right; None while the rules keep it from the trainee.
    points : float or None
        Sum of the items' scores of 0 to 1.
    """

    items: int
    answered: int
    right: int | None
    points: float | None

    def __str__(self) -> str:
        done = f"{self.answered} of {self.items} answered"
        if self.right is None or self.points is None:
            return done
        points = "" if self.points == self.right else f", {self.points:.2f} points"
        return f"{done}, {self.right} right{points}"
