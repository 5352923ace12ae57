"""The stages of a case beside their captions on one sheet, to look at before anybody learns from them."""

from pathlib import Path
from textwrap import wrap

from matplotlib.figure import Figure

from u3edu.cases.bundle import opened
from u3edu.cases.pictures import stored_picture
from u3edu.cases.problem import InvalidCase
from u3edu.cases.prose import compose
from u3edu.cases.reading import CASE_FILE, read_case
from u3edu.cases.rendering import RECORD_FILE, read_record
from u3edu.cases.schema import Stage
from u3edu.imaging.export.banner import marked

_COLUMNS = 3
_PICTURE_INCHES = 3.6
_CAPTION_INCHES = 1.9
_LETTERS_A_LINE = 52
_DOTS_PER_INCH = 110


def write_contact_sheet(path: Path, output: Path) -> int:
    """Write the rendered stages of a case with their captions as one PNG.

    Parameters
    ----------
    path : Path
        A case's folder, or a ``.u3case`` file.
    output : Path
        The PNG to write.

    Returns
    -------
    int
        How many stages it shows.

    Raises
    ------
    InvalidCase
        If the case is damaged, has no stages, or one was not rendered yet.
    OSError
        If the sheet cannot be written.
    """
    with opened(path) as folder:
        case = read_case(folder)
        if not case.stages:
            raise InvalidCase.at(CASE_FILE, "stages", "is empty; there is nothing to show")
        rendered = read_record(folder).stages
        missing = [stage.name for stage in case.stages if stage.name not in rendered]
        if missing:
            raise InvalidCase.at(
                RECORD_FILE, f"stages.{missing[0]}", "was not rendered yet; run u3edu case render"
            )
        columns = min(_COLUMNS, len(case.stages))
        rows = -(-len(case.stages) // columns)
        height = rows * (_PICTURE_INCHES + _CAPTION_INCHES) + 0.5
        figure = Figure(figsize=(columns * _PICTURE_INCHES, height), dpi=_DOTS_PER_INCH, layout="constrained")
        figure.suptitle(f"{case.id}: {case.title}", fontsize=11)
        cells = figure.subplots(
            2 * rows,
            columns,
            squeeze=False,
            gridspec_kw={"height_ratios": [_PICTURE_INCHES, _CAPTION_INCHES] * rows},
        )
        for axes in cells.ravel():
            axes.axis("off")
        for number, stage in enumerate(case.stages):
            row, column = divmod(number, columns)
            picture = marked(stored_picture(folder, rendered[stage.name].picture), reader_test=False)
            row_mm, column_mm = picture.spacing
            axes = cells[2 * row, column]
            axes.imshow(picture.display(), cmap="gray", vmin=0, vmax=255, aspect=row_mm / column_mm)
            axes.set_title(f"{number + 1}. {stage.title}", fontsize=9)
            caption = cells[2 * row + 1, column].text(
                0, 1, words(stage), fontsize=7.5, va="top", family="monospace", linespacing=1.3
            )
            caption.set_in_layout(False)  # it would squeeze the pictures
        figure.savefig(output, format="png")
        return len(case.stages)


def words(stage: Stage) -> str:
    """What the sheet says of a stage: its prose, and its structured caption where it wrote its own."""
    composed = compose(stage.caption)
    paragraphs = [stage.prose, f"[{composed}]"] if stage.prose else [composed]
    return "\n".join(line for text in paragraphs for line in wrap(text, _LETTERS_A_LINE))
