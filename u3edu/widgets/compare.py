"""Before and after: two synthetic pictures, where they differ, and by how much."""

from typing import Any

import ipywidgets
import numpy as np
from matplotlib import colormaps
from scipy import ndimage

from u3edu.editing.difference import Difference, RegionDifference, amount
from u3edu.imaging.slice import Slice
from u3edu.widgets.still import png_bytes, side_by_side, with_still
from u3edu.widgets.style import caption, style_sheet

# Red and blue around white stay apart for people with any colour-vision deficiency.
_DIVERGING = colormaps["RdBu_r"]
_OUTLINE = 128


def difference_rgb(before: Slice, after: Slice, edited: np.ndarray) -> tuple[np.ndarray, float]:
    """The change as colours: red brighter, blue darker, white the same.

    Parameters
    ----------
    before, after : Slice
    edited : bool [H, W]
        Outlined in grey.

    Returns
    -------
    uint8 [H, W, 3]
    float
        The change on [-1, 1] at which the colours are full, the same for both directions.
    """
    change = after.pixels - before.pixels
    limit = float(np.abs(change).max()) or 1.0
    colours = _DIVERGING((change / limit + 1) / 2, bytes=True)[..., :3]
    colours[ndimage.binary_dilation(edited) & ~edited] = _OUTLINE
    return colours, limit


class Compare(ipywidgets.VBox):
    """Before, after and the difference, with the numbers in words beneath.

    Parameters
    ----------
    before, after : Slice
        The synthetic pictures of the label maps before and after the edit.
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
        self._before, self._after = before, after
        self._window = ipywidgets.Dropdown(
            options=[(window.name, window) for window in before.acquisition.windows],
            description="Window",
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="190px"),
        )
        self._images = [ipywidgets.Image(format="png", layout=_image_layout()) for _ in range(3)]
        for image, text in zip(self._images, ("before", "after", "difference"), strict=True):
            image.add_class(f"u3edu-compare-{text}")
        self._colours, limit = difference_rgb(before, after, edited)
        captions = (
            caption("Before", "synthetic, for education only"),
            caption("After", "synthetic, for education only"),
            caption("Difference", "red brighter, blue darker"),
        )
        columns = [ipywidgets.VBox(pair) for pair in zip(captions, self._images, strict=True)]
        pictures = ipywidgets.HBox(columns)
        pictures.add_class("u3edu-pictures")
        numbers = _table(self.difference) + (
            f'<div class="u3edu-status">{self.difference.verdict} In the difference map colours are full at '
            f"{_full_colour(limit, before)}, and a grey line surrounds the edit.</div>"
        )
        super().__init__([style_sheet(), pictures, self._window, ipywidgets.HTML(numbers)])
        self._window.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Show both pictures through the chosen window."""
        for image, pixels in zip(self._images, self._pictures(), strict=True):
            image.value = png_bytes(pixels)

    def _pictures(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        window = self._window.value
        return self._before.display(window), self._after.display(window), self._colours

    def __repr__(self) -> str:
        edit, beyond = self.difference.edit, self.difference.beyond
        changed = f"beyond the rim {beyond.changed} of {beyond.pixels} changed"
        return f"Compare({edit.pixels} pixels edited; {changed})"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return with_still(super()._repr_mimebundle_(**options), side_by_side(self._pictures()))


def _table(difference: Difference) -> str:
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


def _full_colour(change: float, picture: Slice) -> str:
    """A change on [-1, 1] in HU, or in per cent of the range."""
    scale = picture.acquisition.scale
    return (
        f"{change * abs(scale.slope):.0f} HU" if scale.unit == "HU" else f"{change * 50:.1f} % of the range"
    )


def _image_layout() -> ipywidgets.Layout:
    return ipywidgets.Layout(width="100%", max_width="512px", height="auto")
