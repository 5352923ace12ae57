"""A new case: of a series that is de-identified, of a public slice, or of a phantom."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from u3edu.cases.base import Base, DicomBase, PhantomBase, PublicBase, SyntheticBase
from u3edu.cases.pictures import base_phantom
from u3edu.cases.skeleton import write_skeleton
from u3edu.engine.local import LocalEngine
from u3edu.imaging.deidentification.burned_in import BlackBox
from u3edu.imaging.deidentification.folder import deidentify_files
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.deidentification.reading import quietly
from u3edu.imaging.deidentification.report import DeidentificationReport, write_report
from u3edu.imaging.folder import SeriesFiles, scan_folder
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.series import read_files, read_series
from u3edu.imaging.slice import Slice, Source
from u3edu.imaging.stored import write_slice

BASE_FOLDER, ELEMENTS_FILE = "base", "elements.png"


class CaseNotMade(ValueError):
    """No case came of a folder; the message says why and quotes nothing from its files."""


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
    engine: LocalEngine,
    pseudonyms: Pseudonyms,
    *,
    number: int | None = None,
    synthetic: bool = False,
    pixels_looked_at: bool = False,
    black_boxes: Sequence[BlackBox] = (),
    after_file: Callable[[], None] = lambda: None,
) -> DeidentificationReport:
    """Write a new case of a series: its pictures, its elements, a report, and a case.yaml to fill in.

    Parameters
    ----------
    series : SeriesFiles
        From `choose_series`.
    folder : Path
        Where to write; made where missing.
    engine : LocalEngine
        Of the model that the case is for.
    pseudonyms : Pseudonyms
        Makes the new identifiers.
    number : int, optional
        Keep this slice alone, counted from 1 in the order of the slices. Without it the whole
        series is kept, and the stages start from its middle slice.
    synthetic : bool
        Keep the model's picture of the slice instead of the series itself.
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
    _check_modality(engine, series.modality)
    files = series.files
    if number is not None:
        files = files[_index(number, len(files)) : number]
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
    kept = read_series(folder / BASE_FOLDER)
    middle = len(kept) // 2
    if synthetic:
        shutil.rmtree(folder / BASE_FOLDER)
        _write_synthetic(folder, kept[middle], engine)
    else:
        _write_parts(folder, DicomBase(folder=BASE_FOLDER, slice=middle + 1), kept[middle], engine)
    write_report(report, folder)
    return report


def new_public_case(
    series: SeriesFiles, collection: str, folder: Path, engine: LocalEngine, *, number: int
) -> None:
    """Write a new case of a public slice: its identifiers and elements, and none of its pixels.

    Parameters
    ----------
    series : SeriesFiles
        From `choose_series`.
    collection : str
        The public collection that the series is of.
    folder, engine, number
        As for `new_case`.

    Raises
    ------
    CaseNotMade
        If the model is for another modality, or there is no such slice.
    OSError
        If a file cannot be written.
    """
    _check_modality(engine, series.modality)
    picture = read_files(series)[_index(number, len(series))]
    source = picture.acquisition.source
    base = PublicBase(collection=collection, series_uid=source.series_uid, instance_uid=source.instance_uid)
    _write_parts(folder, base, picture, engine)


def new_phantom_case(base: PhantomBase, folder: Path, engine: LocalEngine) -> None:
    """Write a new case of a phantom: its seed and its elements.

    Raises
    ------
    CaseNotMade
        If the model is for another modality.
    OSError
        If a file cannot be written.
    """
    picture = base_phantom(base).picture
    _check_modality(engine, picture.acquisition.modality)
    _write_parts(folder, base, picture, engine)


def _write_synthetic(folder: Path, picture: Slice, engine: LocalEngine) -> None:
    """The parts of a case whose base is the model's picture of a slice."""
    base = SyntheticBase()
    drawn = engine.synthesize(engine.segment(picture))
    source = Source(description=f"drawn by {engine.name} from the elements of a slice")
    drawn = replace(drawn, acquisition=replace(drawn.acquisition, source=source))
    write_slice(folder / base.picture, drawn)
    # Those of the slice, not of its drawing: they are what the drawing was made from.
    write_label_png(engine.segment(picture), folder / ELEMENTS_FILE)
    write_skeleton(folder, base, engine.card, picture.acquisition.modality)


def _write_parts(folder: Path, base: Base, picture: Slice, engine: LocalEngine) -> None:
    """Elements and case.yaml of a new case."""
    folder.mkdir(parents=True, exist_ok=True)
    write_label_png(engine.segment(picture), folder / ELEMENTS_FILE)
    write_skeleton(folder, base, engine.card, picture.acquisition.modality)


def _check_modality(engine: LocalEngine, modality: str) -> None:
    if engine.card.modality != modality:
        raise CaseNotMade(
            f"the model {engine.name} is for {engine.card.modality}, and the series is {modality}"
        )


def _index(number: int, slices: int) -> int:
    if not 1 <= number <= slices:
        raise CaseNotMade(f"there is no slice {number}; the series has slices 1 to {slices}")
    return number - 1
