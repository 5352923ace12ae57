"""Pictures made unnatural on purpose, so that a C in the A/B/C rating has a truth."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import ndimage

from u3edu.imaging.slice import Slice


@dataclass(frozen=True)
class Posterised:
    """Few grey levels, as in a drawing.

    Parameters
    ----------
    levels : int
    """

    levels: int

    def apply(self, picture: Slice) -> Slice:
        """The picture with its grey levels inside the first window cut down to a few."""
        lowest, highest = _range(picture)
        steps = np.rint(
            (np.clip(picture.pixels, lowest, highest) - lowest) / (highest - lowest) * (self.levels - 1)
        )
        return _like(picture, lowest + steps / (self.levels - 1) * (highest - lowest))

    @property
    def words(self) -> str:
        """What is unnatural."""
        return f"The picture was cut down to {self.levels} grey levels: tissue has grain and gradual shades."


@dataclass(frozen=True)
class Waxen:
    """Without grain, smoothed over a few pixels.

    Parameters
    ----------
    radius : int
        Of the median filter, in pixels.
    """

    radius: int

    def apply(self, picture: Slice) -> Slice:
        """The picture after a median filter."""
        return _like(picture, ndimage.median_filter(picture.pixels, size=2 * self.radius + 1))

    @property
    def words(self) -> str:
        """What is unnatural."""
        return "The picture was smoothed until fine structures and grain were gone."


@dataclass(frozen=True)
class Chequered:
    """With the fine regular pattern that up-sampling networks can leave.

    Parameters
    ----------
    period : int
        In pixels.
    strength : float
        Of the pattern on the scale of [-1, 1], for a window as wide as the scale.
    """

    period: int
    strength: float

    def apply(self, picture: Slice) -> Slice:
        """The picture with a chequered pattern laid over it."""
        rows, columns = np.indices(picture.shape) // self.period
        sign = np.where((rows + columns) % 2, 1.0, -1.0)
        lowest, highest = _range(picture)
        return _like(picture, picture.pixels + sign * self.strength * (highest - lowest) / 2)

    @property
    def words(self) -> str:
        """What is unnatural."""
        return f"A chequered pattern of {self.period} pixels lies over the whole picture."


@dataclass(frozen=True)
class Displaced:
    """A disc of the picture moved, with a hard edge where anatomy does not join.

    Parameters
    ----------
    centre : (row, column)
        As shares of the height and width.
    radius : float
        As a share of the smaller side.
    shift : float
        Towards the right, as a share of the smaller side.
    """

    centre: tuple[float, float]
    radius: float
    shift: float

    def apply(self, picture: Slice) -> Slice:
        """The picture with the disc showing what lies beside it."""
        side = min(picture.shape)
        rows, columns = np.indices(picture.shape)
        away = np.hypot(rows - self.centre[0] * picture.shape[0], columns - self.centre[1] * picture.shape[1])
        moved = np.roll(picture.pixels, max(1, round(self.shift * side)), axis=1)
        return _like(picture, np.where(away < self.radius * side, moved, picture.pixels))

    @property
    def words(self) -> str:
        """What is unnatural."""
        return "A round part of the picture was moved sideways: borders of organs end abruptly at its edge."


Degradation: TypeAlias = Posterised | Waxen | Chequered | Displaced


def draw_degradation(rng: np.random.Generator) -> Degradation:
    """One of the degradations, with parameters at which it can be seen."""
    kind = rng.integers(4)
    if kind == 0:
        return Posterised(levels=int(rng.integers(5, 8)))
    if kind == 1:
        return Waxen(radius=int(rng.integers(3, 5)))
    if kind == 2:
        return Chequered(period=int(rng.integers(2, 4)), strength=float(rng.uniform(0.16, 0.24)))
    centre = (float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.4, 0.6)))
    return Displaced(centre, radius=float(rng.uniform(0.12, 0.18)), shift=float(rng.uniform(0.08, 0.14)))


def _range(picture: Slice) -> tuple[float, float]:
    """The pixels at the two ends of the first window, so that what is done can be seen in it."""
    window, scale = picture.acquisition.windows[0], picture.acquisition.scale
    ends = np.array([window.centre - window.width / 2, window.centre + window.width / 2])
    lowest, highest = np.sort(np.clip((ends - scale.intercept) / scale.slope, -1, 1))
    return float(lowest), float(highest)


def _like(picture: Slice, pixels: np.ndarray) -> Slice:
    return picture.with_pixels(np.clip(pixels, -1, 1), synthetic=True)
