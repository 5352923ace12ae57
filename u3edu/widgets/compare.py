"""Before and after: two pictures, where they differ, and by how much."""

import numpy as np

from u3edu.editing.difference import Difference, RegionDifference, amount
from u3edu.imaging.slice import Slice
from u3edu.widgets.comparison import Comparison
from u3edu.widgets.difference_map import difference_rgb


class Compare(Comparison):
    """Before, after and the difference, with the numbers in words beneath.

    Side by side with one linked cursor, swiped over each other, in turn, or as the map of the
    difference alone.

    Parameters
    ----------
    before, after : Slice
        The pictures of the label maps before and after the edit.
    edited : bool [H, W]
        The pixels whose element changed (see `u3edu.editing.edited_pixels`).
    halo : int
        How far a changed label can reach, in pixels (`Engine.halo`).

    Attributes
    ----------
    difference : Difference
        The measurement.

    Raises
    ------
    ValueError
        If the sizes differ.
    """

    def __init__(self, before: Slice, after: Slice, edited: np.ndarray, halo: int) -> None:
        self.difference = Difference.measure(before, after, edited, halo)
        colours, limit = difference_rgb(before, after, edited)
        numbers = table(self.difference) + (
            f'<div class="u3edu-status">{self.difference.verdict} In the difference map colours are full at '
            f"{full_colour(limit, before)}, and a grey line surrounds the edit.</div>"
        )
        super().__init__((("Before", before), ("After", after)), (("Difference", colours),), numbers)

    def __repr__(self) -> str:
        edit, beyond = self.difference.edit, self.difference.beyond
        changed = f"beyond the rim {beyond.changed} of {beyond.pixels} changed"
        return f"Compare({edit.pixels} pixels edited; {changed})"


def table(difference: Difference) -> str:
    """The measurement as a table, HTML."""
    regions = (
        ("Inside the edit", difference.edit),
        (f"Rim, {difference.halo} pixels", difference.rim),
        ("Beyond the rim", difference.beyond),
    )
    rows = "".join(_table_row(name, region) for name, region in regions)
    head = f"<th>Region</th><th>Pixels</th><th>Changed</th><th>Mean, {difference.unit}</th>"
    return f'<table class="u3edu-table"><tr>{head}<th>Largest, {difference.unit}</th></tr>{rows}</table>'


def _table_row(name: str, region: RegionDifference) -> str:
    return (
        f"<tr><th>{name}</th><td>{region.pixels:,}</td><td>{region.changed:,}</td>"
        f"<td>{amount(region.mean)}</td><td>{amount(region.largest)}</td></tr>"
    )


def full_colour(change: float, picture: Slice) -> str:
    """A change on [-1, 1] in HU, or in per cent of the range."""
    scale = picture.acquisition.scale
    return (
        f"{change * abs(scale.slope):.0f} HU" if scale.unit == "HU" else f"{change * 50:.1f} % of the range"
    )
