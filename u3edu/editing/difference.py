"""How much a picture changed inside an edit, in the rim that the model blends, and beyond."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice

# On the scale of [-1, 1]: decoding a box and decoding the whole picture agree to this.
TOLERANCE = 1e-4


def edited_pixels(before: LabelMap, after: LabelMap) -> np.ndarray:
    """The pixels that belong to another element than before, bool [H, W].

    Raises
    ------
    ValueError
        If the maps differ in size.
    """
    if before.shape != after.shape:
        raise ValueError(f"the label maps differ in size: {before.shape} and {after.shape} pixels")
    edited: np.ndarray = before.labels != after.labels
    return edited


@dataclass(frozen=True)
class RegionDifference:
    """The change inside one region of the picture.

    Parameters
    ----------
    pixels : int
        Pixels in the region.
    changed : int
        Those that changed by more than `TOLERANCE`.
    mean, largest : float
        Mean and largest absolute change over the whole region, in `Difference.unit`.
    """

    pixels: int
    changed: int
    mean: float
    largest: float

    @property
    def share(self) -> float:
        """Share of the region's pixels that changed, 0 to 1."""
        return self.changed / self.pixels if self.pixels else 0.0


@dataclass(frozen=True)
class Difference:
    """What an edit did to the picture, counted in three regions.

    Parameters
    ----------
    edit : RegionDifference
        The pixels whose element changed.
    rim : RegionDifference
        Pixels within `halo` rows and columns of the edit, which the model may blend.
    beyond : RegionDifference
        All others, which should not change at all.
    halo : int
        Width of the rim in pixels.
    unit : str
        ``"HU"`` for CT, ``"% of the range"`` for everything without a physical unit.
    """

    edit: RegionDifference
    rim: RegionDifference
    beyond: RegionDifference
    halo: int
    unit: str

    @classmethod
    def measure(cls, before: Slice, after: Slice, edited: np.ndarray, halo: int) -> "Difference":
        """Measure two pictures of the same size.

        Parameters
        ----------
        before, after : Slice
            The synthetic pictures of the label maps before and after the edit.
        edited : bool [H, W]
            The pixels whose element changed (see `edited_pixels`).
        halo : int
            How far a changed label can reach, in pixels (`Engine.halo`).

        Raises
        ------
        ValueError
            If the sizes differ or the halo is negative.
        """
        if not before.shape == after.shape == edited.shape:
            raise ValueError(
                "before, after and the edited pixels differ in size: "
                f"{before.shape}, {after.shape}, {edited.shape}"
            )
        if halo < 0:
            raise ValueError(f"the halo is a number of pixels, 0 or more; got {halo}")
        change = np.abs(after.pixels.astype(np.float64) - before.pixels)
        inside = edited.astype(bool)
        near = ndimage.maximum_filter(inside, size=2 * halo + 1, mode="constant")
        scale = before.acquisition.scale
        # Pixels span 2 from darkest to brightest: half of them in per cent is per cent of the range.
        factor, unit = (abs(scale.slope), "HU") if scale.unit == "HU" else (50.0, "% of the range")
        return cls(
            edit=_measure_region(change[inside], factor),
            rim=_measure_region(change[near & ~inside], factor),
            beyond=_measure_region(change[~near], factor),
            halo=halo,
            unit=unit,
        )

    @property
    def summary(self) -> str:
        """The measurement in three lines for people."""
        regions = (
            ("Inside the edit", self.edit),
            (f"In the rim of {self.halo} pixels around it", self.rim),
            ("Beyond the rim", self.beyond),
        )
        return "\n".join(
            f"{name} ({_count(region.pixels)}): {self._words(region)}" for name, region in regions
        )

    @property
    def verdict(self) -> str:
        """The one sentence that matters: whether anything changed beyond the rim."""
        return f"Further than {self.halo} pixels from the edit: {self._words(self.beyond)}"

    def _words(self, region: RegionDifference) -> str:
        """One region in words."""
        if region.pixels == 0:
            return "no pixels here."
        if region.changed == 0:
            return "nothing changed."
        # No count: a pixel at the edge of the tolerance may fall either way on another processor.
        share = f"{region.share:.1%}" if region.share >= 0.001 else "less than 0.1%"
        return (
            f"{share} changed, "
            f"by {amount(region.mean)} {self.unit} on average "
            f"and {amount(region.largest)} {self.unit} at most."
        )


def amount(change: float) -> str:
    """A change with two digits or more, without exponents: 0.0042, 1.5, 1,024."""
    if abs(change) >= 10:
        return f"{change:,.0f}"
    return f"{change:.1f}" if abs(change) >= 1 else f"{change:.2g}"


def _measure_region(change: np.ndarray, factor: float) -> RegionDifference:
    """Count and average the absolute changes [N] of one region."""
    if change.size == 0:
        return RegionDifference(0, 0, 0.0, 0.0)
    changed = int((change > TOLERANCE).sum())
    return RegionDifference(change.size, changed, float(change.mean()) * factor, float(change.max()) * factor)


def _count(pixels: int) -> str:
    """A number of pixels in words."""
    return f"{pixels:,} pixel{'' if pixels == 1 else 's'}"
