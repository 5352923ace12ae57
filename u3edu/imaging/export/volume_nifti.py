"""Pictures and label maps as NIfTI files, for researchers' tools."""

from os import PathLike
from typing import Any

import numpy as np

from u3edu.editing.label_map import LabelMap
from u3edu.imaging.export.banner import marked
from u3edu.imaging.slice import Acquisition, Slice

# NIfTI counts x to the right and y to the front, DICOM to the left and to the back.
TO_NIFTI = np.diag([-1.0, -1.0, 1.0, 1.0])


def write_picture_nifti(picture: Slice, path: str | PathLike[str], *, reader_test: bool = False) -> None:
    """Write a picture as a volume of one slice, float32 in HU or signal.

    Parameters
    ----------
    picture : Slice
    path : path-like
        Ends in ``.nii`` or ``.nii.gz``; a file that is there is replaced.
    reader_test : bool
        Leave the banner of synthetic pictures out, for a test of whether readers can tell.

    Raises
    ------
    ModuleNotFoundError
        If nibabel is not installed.
    OSError
        If the file cannot be written.
    """
    words = "synthetic, for education only" if picture.acquisition.synthetic else ""
    raw = marked(picture, reader_test).raw.astype(np.float32)
    _write(raw, picture.acquisition, path, f"u3edu {words}".strip())


def write_label_nifti(label_map: LabelMap, path: str | PathLike[str]) -> None:
    """Write a label map as a volume of one slice; voxels are the model's labels 0 to K-1.

    Parameters and errors are those of `write_picture_nifti`.
    """
    _write(label_map.labels, label_map.acquisition, path, "u3edu elements")


def affine(acquisition: Acquisition) -> np.ndarray:
    """The matrix from voxel (column, row, slice) to NIfTI's millimetres, float64 [4, 4].

    The slice is taken to be 1 mm thick: an Acquisition doesn't know. Where a picture's place is
    not known, rows run from the patient's right to the left and columns to the back, as an axial
    slice is hung, at the origin.
    """
    plane = acquisition.plane
    corner = plane.corner if plane else (0.0, 0.0, 0.0)
    along_row = np.array(plane.along_row if plane else (1.0, 0.0, 0.0))
    along_column = np.array(plane.along_column if plane else (0.0, 1.0, 0.0))
    row_mm, column_mm = acquisition.spacing
    matrix = np.eye(4)
    matrix[:3, 0] = along_row * column_mm
    matrix[:3, 1] = along_column * row_mm
    matrix[:3, 2] = np.cross(along_row, along_column)
    matrix[:3, 3] = corner
    return TO_NIFTI @ matrix


def _write(array: np.ndarray, acquisition: Acquisition, path: str | PathLike[str], description: str) -> None:
    try:
        import nibabel
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"NIfTI needs the package {error.name}: pip install 'u3edu[dicom]'", name=error.name
        ) from None
    matrix = affine(acquisition)
    nifti: Any = nibabel.Nifti1Image  # nibabel types few of its functions
    image = nifti(array.T[..., None], matrix)
    # Scanner coordinates where the place is known, else "arbitrary" (0), which viewers say.
    code = 1 if acquisition.plane else 0
    image.set_sform(matrix, code=code)
    image.set_qform(matrix, code=code)
    image.header["descrip"] = description.encode()[:79]
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
