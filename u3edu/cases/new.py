"""A series to a new case: its de-identified pictures, the report, and the model that they are for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from u3edu.imaging.deidentification.burned_in import BlackBox
from u3edu.imaging.deidentification.folder import deidentify_files
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.deidentification.reading import quietly
from u3edu.imaging.deidentification.report import DeidentificationReport, write_report
from u3edu.imaging.folder import SeriesFiles, scan_folder
from u3edu.model.card import ModelCard

BASE_FOLDER = "base"


class CaseNotMade(ValueError):
    """No case came of a folder; the message says why and quotes nothing from its files."""


class CaseRecord(BaseModel):
    """What ``case.json`` says of a new case.

    Parameters
    ----------
    model : str
        Name of the model that segments and synthesises the case's pictures.
    weights_sha256 : str
        Of the model's weights, so that a retrained model is noticed.
    modality : str
        ``"CT"`` or ``"MR"``.
    base : str
        Folder of the de-identified pictures.
    pictures : int
        How many there are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    model: str
    weights_sha256: str
    modality: str
    base: str = BASE_FOLDER
    pictures: int


def choose_series(folder: Path, series: str | None) -> SeriesFiles:
    """The one series of a folder, or the one with the UID that somebody named.

    Unlike `u3edu.imaging.series.choose` this says nothing of what the files hold.

    Raises
    ------
    CaseNotMade
        If there is none, or more than one to choose from.
    FileNotFoundError
        If there is no such folder.
    """
    with quietly():
        scan = scan_folder(folder)
    fitting = [one for one in scan.series if series in (None, one.identifier)]
    if len(fitting) == 1:
        return fitting[0]
    if not scan.series:
        problem = f"no CT or MR slices in it ({len(scan.problems)} files are something else)"
    elif not fitting:
        problem = "the series named with --series is not in it"
    else:
        problem = f"{len(fitting)} series in it; name one with --series"
    raise CaseNotMade(f"{folder}: {problem}. u3edu list shows what a folder holds")


def new_case(
    series: SeriesFiles,
    folder: Path,
    card: ModelCard,
    pseudonyms: Pseudonyms,
    *,
    number: int | None = None,
    pixels_looked_at: bool = False,
    black_boxes: Sequence[BlackBox] = (),
    after_file: Callable[[], None] = lambda: None,
) -> DeidentificationReport:
    """Write a new case: ``base/``, ``case.json``, ``deidentification.json`` and ``.txt``.

    Parameters
    ----------
    series : SeriesFiles
        From `choose_series`.
    folder : Path
        Where to write; made where missing.
    card : ModelCard
        Of the model that the case is for.
    pseudonyms : Pseudonyms
        Makes the new identifiers.
    number : int, optional
        Keep this slice alone, counted from 1 in the order of the slices.
    pixels_looked_at, black_boxes, after_file
        As for `deidentify_files`.

    Returns
    -------
    DeidentificationReport

    Raises
    ------
    CaseNotMade
        If the model is for another modality, there is no such slice, or not one picture could
        be de-identified.
    OSError
        If a file cannot be written.
    """
    if card.modality != series.modality:
        raise CaseNotMade(
            f"the model {card.name} is for {card.modality}, and the series is {series.modality}"
        )
    files = series.files
    if number is not None:
        if not 1 <= number <= len(files):
            raise CaseNotMade(f"there is no slice {number}; the series has slices 1 to {len(files)}")
        files = files[number - 1 : number]
    report = deidentify_files(
        [(file.location, file.frame) for file in files],
        folder / BASE_FOLDER,
        pseudonyms,
        pixels_looked_at=pixels_looked_at,
        black_boxes=black_boxes,
        after_file=after_file,
    )
    if not report.written:
        (folder / BASE_FOLDER).rmdir()
        raise CaseNotMade(f"not one of {report.given} pictures could be de-identified:\n{report.in_words()}")
    record = CaseRecord(
        model=card.name,
        weights_sha256=card.weights_sha256,
        modality=series.modality,
        pictures=report.written,
    )
    (folder / "case.json").write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_report(report, folder)
    return report
