"""An edit of a case's picture, written as DICOM, PNG and NIfTI."""

from pathlib import Path

import pydicom
from pydantic import ValidationError
from pydicom import Dataset

from u3edu.cases.new import CaseRecord
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.imaging.export.derived import derived_series
from u3edu.imaging.export.picture_png import write_picture_png
from u3edu.imaging.export.segmentation import label_segmentation
from u3edu.imaging.export.volume_nifti import write_label_nifti, write_picture_nifti
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.series import read_series
from u3edu.imaging.slice import Slice


class NoCase(ValueError):
    """A folder is no case, or hasn't what was asked for; the message says which."""


def read_record(case: Path) -> CaseRecord:
    """What a case says of itself.

    Raises
    ------
    NoCase
        If the folder is none that `u3edu.cases.new.new_case` wrote.
    """
    path = case / "case.json"
    try:
        return CaseRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise NoCase(f"{path}: {error.strerror}; u3edu case new makes a case") from error
    except ValidationError as error:
        raise NoCase(f"{path}: not the record of a case ({error.errors()[0]['msg']})") from error


def base_picture(case: Path, number: int) -> tuple[Slice, Dataset]:
    """A slice of a case, and its de-identified file.

    Parameters
    ----------
    case : Path
    number : int
        From 1, in the order of the slices.

    Raises
    ------
    NoCase
        If there is no such slice.
    """
    series = read_series(case / read_record(case).base)
    if not 1 <= number <= len(series):
        raise NoCase(f"{case}: no slice {number}; it has slices 1 to {len(series)}")
    picture = series[number - 1]
    for path in sorted((case / read_record(case).base).iterdir()):
        source = pydicom.dcmread(path)
        if source.SOPInstanceUID == picture.acquisition.source.instance_uid:
            return picture, source
    raise NoCase(f"{case}: the file of slice {number} is gone")


def export_edit(
    case: Path,
    script: EditScript,
    engine: Engine,
    folder: Path,
    *,
    number: int = 1,
    reader_test: bool = False,
    binary: bool = False,
) -> None:
    """Apply an edit to a slice of a case and write what comes of it.

    Writes ``before.dcm`` and ``after.dcm`` (one series: the model's picture of the slice as it
    is, and of the edited slice, so that nothing but the edit tells them apart), ``elements.dcm``
    (the edited label map as a segmentation of ``after.dcm``), all three as PNG, and
    ``after.nii.gz`` and ``elements.nii.gz``.

    Parameters
    ----------
    case : Path
        A case's folder.
    script : EditScript
    engine : Engine
        The case's model.
    folder : Path
        Where to write; made where missing.
    number : int
        Which slice of the case, from 1.
    reader_test : bool
        Leave the banner out, for a test of whether readers can tell.
    binary : bool
        Write the segmentation in the older form (see `label_segmentation`).

    Raises
    ------
    NoCase
        If there is no such case or slice.
    InvalidEdit
        If the edit doesn't fit the slice.
    ModuleNotFoundError
        If highdicom or nibabel is not installed.
    OSError
        If a file cannot be written.
    """
    picture, source = base_picture(case, number)
    labels = engine.segment(picture)
    edited, _ = script.apply(labels)
    pictures = {"before": engine.synthesize(labels), "after": engine.synthesize(edited)}
    images = derived_series(
        tuple(pictures.values()),
        source=source,
        model=engine.name,
        description="before and after an edit",
        comments=("drawn from the elements as segmented", "drawn from the elements as edited"),
        reader_test=reader_test,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for (name, synthetic), image in zip(pictures.items(), images, strict=True):
        image.save_as(folder / f"{name}.dcm", enforce_file_format=True)
        write_picture_png(synthetic, folder / f"{name}.png", reader_test=reader_test)
    segmentation = label_segmentation(edited, images[1], model=engine.name, binary=binary)
    segmentation.save_as(folder / "elements.dcm")
    write_label_png(edited, folder / "elements.png")
    write_picture_nifti(pictures["after"], folder / "after.nii.gz", reader_test=reader_test)
    write_label_nifti(edited, folder / "elements.nii.gz")
