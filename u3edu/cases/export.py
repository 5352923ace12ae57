"""An edit of a case's picture, written as DICOM, PNG and NIfTI."""

from pathlib import Path

import pydicom
from pydicom import Dataset

from u3edu.cases.base import DicomBase
from u3edu.cases.pictures import own_series
from u3edu.cases.problem import InvalidCase
from u3edu.cases.reading import CASE_FILE, read_case
from u3edu.cases.schema import Case
from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.in_place import in_place
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.imaging.export.derived import derived_series
from u3edu.imaging.export.picture_png import write_picture_png
from u3edu.imaging.export.segmentation import label_segmentation
from u3edu.imaging.export.volume_nifti import write_label_nifti, write_picture_nifti
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.slice import Slice


def base_files(case: Case, folder: Path, number: int | None) -> tuple[Slice, Dataset]:
    """A slice of a case, and its de-identified file.

    Parameters
    ----------
    case : Case
    folder : Path
        Of the case.
    number : int, optional
        From 1, in the order of the slices; by default the one that the stages start from.

    Raises
    ------
    InvalidCase
        If the case holds no DICOM, or no such slice.
    """
    if not isinstance(case.base, DicomBase):
        raise InvalidCase.at(
            CASE_FILE, "base.kind", f"is {case.base.kind}; DICOM goes out of cases with DICOM of their own"
        )
    series = own_series(case.base, folder)
    number = case.base.slice if number is None else number
    if not 1 <= number <= len(series):
        raise InvalidCase.at(str(folder), "", f"no slice {number}; it has slices 1 to {len(series)}")
    picture = series[number - 1]
    for path in sorted((folder / case.base.folder).iterdir()):
        source = pydicom.dcmread(path)
        if source.SOPInstanceUID == picture.acquisition.source.instance_uid:
            return picture, source
    raise InvalidCase.at(case.base.folder, "", f"the file of slice {number} is gone")


def export_edit(
    case: Path,
    script: EditScript,
    engine: Engine,
    folder: Path,
    *,
    number: int | None = None,
    reader_test: bool = False,
    binary: bool = False,
) -> None:
    """Apply an edit to a slice of a case and write what comes of it, drawn as the case's `render` says.

    Writes ``before.dcm`` and ``after.dcm`` as one series, so that nothing but the edit tells them
    apart: the model's pictures of the slice as it is and as edited, or in place the de-identified
    slice itself and the edit in it. Also ``elements.dcm`` (the edited label map as a segmentation
    of ``after.dcm``), all three as PNG, and ``after.nii.gz`` and ``elements.nii.gz``.

    Parameters
    ----------
    case : Path
        A case's folder.
    script : EditScript
    engine : Engine
        The case's model.
    folder : Path
        Where to write; made where missing.
    number : int, optional
        Which slice of the case, from 1; by default the one that the stages start from.
    reader_test : bool
        Leave the banner out, for a test of whether readers can tell.
    binary : bool
        Write the segmentation in the older form (see `label_segmentation`).

    Raises
    ------
    InvalidCase
        If there is no such case or slice.
    InvalidEdit
        If the edit doesn't fit the slice.
    ModuleNotFoundError
        If highdicom or nibabel is not installed.
    OSError
        If a file cannot be written.
    """
    opened = read_case(case)
    picture, source = base_files(opened, case, number)
    labels = engine.segment(picture)
    edited, _ = script.apply(labels, EditContext(labels, picture))
    before = engine.synthesize(labels)
    box = Box.around(edited.labels != labels.labels)
    # Drawn again where the edit reaches and nowhere else: the rest is the same to the last bit.
    after = engine.resynthesize(before, edited, box) if box else before
    pictures = {"before": before, "after": after}
    comments = "drawn from the elements as segmented", "drawn from the elements as edited"
    if opened.render == "in place":
        changed = edited.labels != labels.labels
        after = in_place(picture, before, after, changed, edited.labels, seed=opened.grain_seed)
        before, comments = picture, ("as it was taken", "edited in place")
    pictures = {"before": before, "after": after}
    images = derived_series(
        tuple(pictures.values()),
        source=source,
        model=engine.name,
        description="before and after an edit",
        comments=comments,
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
