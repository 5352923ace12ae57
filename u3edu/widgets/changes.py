"""What a step of an edit session changed: in the label map, and later in the picture."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from u3edu.editing.box import Box
from u3edu.editing.in_place import Mode

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """What one step changed in the label map.

    Parameters
    ----------
    labels : Box or None
        Holds every changed label; None if none changed.
    pixels : int
        Labels that changed.
    """

    labels: Box | None
    pixels: int


@dataclass(frozen=True)
class PictureChange:
    """How the synthetic picture differs from the one shown before.

    Parameters
    ----------
    box : Box or None
        Holds every changed pixel; None if none changed.
    labels : Box or None
        Holds every label that differs between the two pictures' maps.
    mean : float
        Mean absolute change inside `box`, on [-1, 1].
    beyond : int
        Pixels that changed further from `labels` than `EditSession.reach`.
    seconds : float
        What drawing it took.
    problem : Exception or None
        The engine's error; the picture is the one before then.
    note : str
        What the engine says of the picture (`Engine.note`).
    """

    box: Box | None
    labels: Box | None
    mean: float
    beyond: int
    seconds: float
    problem: Exception | None = None
    note: str = ""


NOTHING = Change(None, 0)


def tell(callbacks: list[Callable[..., None]], news: Change | PictureChange | Mode) -> None:
    """Call all callbacks; one that fails keeps no other from hearing."""
    for callback in callbacks:
        try:
            callback(news)
        except Exception:
            logger.warning("a callback of the edit session failed", exc_info=True)
