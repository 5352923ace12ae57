"""What the painter tells a person after each step."""

import html

from u3edu.editing.label_map import Element
from u3edu.imaging.slice import Slice
from u3edu.widgets.session import Change


def brush_size(diameter: float, spacing: tuple[float, float]) -> str:
    """The brush in pixels and mm, for example ``"8 px = 4.0 mm"``."""
    row, column = (diameter * mm for mm in spacing)
    size = f"{row:.1f} mm" if abs(row - column) < 0.05 else f"{row:.1f} x {column:.1f} mm"
    return f"{diameter:g} px = {size}"


def element_name(number: int, elements: tuple[Element, ...]) -> str:
    """Numeral and name, for example ``"3 muscle"``."""
    return f"{number} {elements[number].name}"


def describe(what: str, change: Change, picture: Slice, halo: int) -> str:
    """One step in words.

    Parameters
    ----------
    what : str
        What was done, for example ``"Painted 3 muscle"``.
    change : Change
        What it changed.
    picture : Slice
        The synthetic picture, for its unit.
    halo : int
        How far a changed label may reach, in pixels.
    """
    if change.labels is None and change.picture is None:
        return f"{what}: no pixel changed."
    noun = "pixel" if change.pixels == 1 else "pixels"
    sentence = f"{what}: {change.pixels:,} {noun} changed element."
    if change.picture is None:
        return f"{sentence} The synthetic picture stayed the same."
    rows, columns = change.picture.shape
    scale = picture.acquisition.scale
    amount = f"{change.mean * 50:.1f} % of the range"
    if scale.unit == "HU":
        amount = f"{change.mean * abs(scale.slope):.1f} HU"
    sentence += f" The synthetic picture changed in {rows} x {columns} pixels, by {amount} on average"
    if change.beyond:
        return f"{sentence}; {change.beyond:,} pixels changed further than {halo} pixels from the edit."
    return f"{sentence}, and nowhere further than {halo} pixels from the edit."


def status_html(text: str, *, problem: bool = False) -> str:
    """The status line; screen readers speak it when it changes."""
    lead = "<b>That did not work.</b> " if problem else ""
    return f'<div class="u3edu-status" role="status" aria-live="polite">{lead}{html.escape(text)}</div>'
