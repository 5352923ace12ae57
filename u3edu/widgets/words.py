"""What the painter tells a person: each step, the mask, and what lies under the pointer."""

import html

import numpy as np

from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Slice
from u3edu.widgets.session import Change, PictureChange

UNDONE, REDONE, RESET = "Undone", "Done again", "Reset"
_TOWARDS = (("L", "R"), ("P", "A"), ("H", "F"))  # the patient's left, back and head are positive


def brush_size(diameter: float, spacing: tuple[float, float]) -> str:
    """The brush in pixels and mm, for example ``"8 px = 4.0 mm"``."""
    row, column = (diameter * mm for mm in spacing)
    size = f"{row:.1f} mm" if abs(row - column) < 0.05 else f"{row:.1f} x {column:.1f} mm"
    return f"{diameter:g} px = {size}"


def element_name(number: int, elements: tuple[Element, ...]) -> str:
    """Numeral and name, for example ``"3 muscle"``."""
    return f"{number} {elements[number].name}"


def describe_edit(what: str, change: Change) -> str:
    """A step's labels in words.

    Parameters
    ----------
    what : str
        What was done, for example ``"Painted 3 muscle"``.
    change : Change
        What it changed.
    """
    if change.labels is None:
        return f"{what}: no pixel changed."
    return f"{what}: {change.pixels:,} {'pixel' if change.pixels == 1 else 'pixels'} changed element."


def describe_picture(change: PictureChange, picture: Slice, reach: int) -> str:
    """What a step did to the synthetic picture, in words.

    Parameters
    ----------
    change : PictureChange
    picture : Slice
        The synthetic picture, for its unit.
    reach : int
        How far a changed label may reach, in pixels.
    """
    if change.box is None:
        return "The synthetic picture stayed the same."
    rows, columns = change.box.shape
    scale = picture.acquisition.scale
    amount = f"{change.mean * 50:.1f} % of the range"
    if scale.unit == "HU":
        amount = f"{change.mean * abs(scale.slope):.1f} HU"
    sentence = f"The synthetic picture changed in {rows} x {columns} pixels, by {amount} on average"
    if change.labels is None:
        return f"{sentence}."
    if change.beyond:
        return f"{sentence}; {change.beyond:,} pixels changed further than {reach} pixels from the edit."
    return f"{sentence}, and nowhere further than {reach} pixels from the edit."


def read_out(point: tuple[float, float], label_map: LabelMap, picture: Slice) -> str:
    """Element, intensity and place of a point.

    Parameters
    ----------
    point : (row, column)
        In pixels; whole numbers are pixel centres.
    label_map : LabelMap
    picture : Slice
        The original.

    Returns
    -------
    str
        For example ``"row 12, column 40 · 3 muscle · 55 HU · L 21.0 P 4.5 H 102.0 mm"``; where the
        picture's place in the patient is unknown, mm from its top left pixel.
    """
    row, column = (int(np.floor(value + 0.5)) for value in point)
    rows, columns = picture.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return ""
    acquisition = picture.acquisition
    element = element_name(int(label_map.labels[row, column]), label_map.elements)
    intensity = f"{acquisition.scale.to_raw(picture.pixels[row, column]):.0f} {acquisition.scale.unit}"
    down, across = row * picture.spacing[0], column * picture.spacing[1]
    place = f"{down:.1f} mm down, {across:.1f} mm across"
    plane = acquisition.plane
    if plane is not None:
        patient = np.array(plane.corner) + np.multiply(plane.along_column, down)
        patient = patient + np.multiply(plane.along_row, across)
        axes = zip(patient, _TOWARDS, strict=True)
        place = " ".join(f"{names[0 if mm >= 0 else 1]} {abs(mm):.1f}" for mm, names in axes) + " mm"
    return f"row {row}, column {column} · {element} · {intensity} · {place}"


def status_html(text: str, *, problem: bool = False) -> str:
    """The status line; screen readers speak it when it changes."""
    lead = "<b>That did not work.</b> " if problem else ""
    return f'<div class="u3edu-status" role="status" aria-live="polite">{lead}{html.escape(text)}</div>'


def mask_html(text: str, *, is_limited: bool) -> str:
    """The mask's line; it stands out while there is a limit."""
    emphasis = " u3edu-limited" if is_limited else ""
    return f'<div class="u3edu-mask{emphasis}" role="status">Paint: {html.escape(text)}.</div>'


def read_out_html(text: str) -> str:
    """The line of what lies under the pointer."""
    return f'<div class="u3edu-readout">{html.escape(text) or "&nbsp;"}</div>'
