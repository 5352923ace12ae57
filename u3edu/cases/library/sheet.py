"""All stages of several cases on one sheet: a row for each case."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from u3edu.cases.pictures import stored_picture
from u3edu.cases.reading import read_case
from u3edu.cases.rendering import read_record
from u3edu.imaging.export.banner import marked
from u3edu.imaging.slice import Slice

_HEIGHT, _GAP, _LINE = 250, 6, 17
_WHITE, _BLACK, _GREY = 255, 0, 90
_QUALITY = 85


def write_sheet(folders: Sequence[Path], output: Path) -> int:
    """Write the rendered stages of cases as one JPEG, each under its title.

    Parameters
    ----------
    folders : sequence of Path
        Of cases that were rendered.
    output : Path
        The JPEG to write.

    Returns
    -------
    int
        How many stages it shows.

    Raises
    ------
    InvalidCase
        If a case is damaged or was not rendered.
    OSError
        If the sheet cannot be written.
    """
    rows = [_row(folder) for folder in folders]
    width = max(row.width for row in rows)
    sheet = Image.new("L", (width, sum(row.height for row in rows)), _WHITE)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    sheet.save(output, format="JPEG", quality=_QUALITY)
    return sum(len(read_case(folder).stages) for folder in folders)


def _row(folder: Path) -> Image.Image:
    """One case: its name and title, and below them its stages with theirs."""
    case, rendered = read_case(folder), read_record(folder).stages
    pictures = [
        _thumbnail(marked(stored_picture(folder, rendered[stage.name].picture), reader_test=False))
        for stage in case.stages
    ]
    width = sum(picture.width + _GAP for picture in pictures)
    row = Image.new("L", (width, _HEIGHT + 2 * _LINE + 3 * _GAP), _WHITE)
    draw = ImageDraw.Draw(row)
    draw.text((2, _GAP // 2), f"{case.id}: {case.title}", _BLACK, ImageFont.load_default(14))
    left = 0
    for stage, picture in zip(case.stages, pictures, strict=True):
        draw.text((left + 2, _LINE + _GAP), stage.title, _GREY, ImageFont.load_default(12))
        row.paste(picture, (left, 2 * _LINE + _GAP))
        left += picture.width + _GAP
    return row


def _thumbnail(picture: Slice) -> Image.Image:
    row_mm, column_mm = picture.spacing
    width = round(_HEIGHT * picture.shape[1] * column_mm / (picture.shape[0] * row_mm))
    return Image.fromarray(np.asarray(picture.display())).resize((width, _HEIGHT), Image.Resampling.LANCZOS)
