"""NIfTI files, as researchers exchange them, to one Series that lies as DICOM pictures do."""

from itertools import permutations
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from u3edu.imaging.dicom import RawSlice
from u3edu.imaging.geometry import Plane, vector
from u3edu.imaging.intensity import AIR_HU, fill_with_air
from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.series import Series, scaled_series
from u3edu.imaging.slice import Source

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Image

# NIfTI counts x to the right and y to the front, DICOM to the left and to the back.
TO_DICOM = np.diag([-1.0, -1.0, 1.0, 1.0])
# Units of length by their code in the header: unknown (taken for mm), metres, mm, micrometres.
MILLIMETRES = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}

# A header can claim any size; 2**29 voxels are 2 GiB of float32.
MOST_VOXELS = 2**29

# Voxels that are this much longer one way were acquired as slices across it.
THICKER = 1.2

# For slices across x, y and z: where rows point to and where columns point to, as pictures are
# hung (patient's right on the picture's left, front or head at the top).
HANGING = {
    0: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    1: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    2: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
}


def read_nifti(path: str | PathLike[str], modality: str) -> Series:
    """Read a NIfTI file of one volume as a series of slices.

    Slices are cut across the longest side of the voxels, as they were acquired; axial where
    voxels are cubes. Rows and columns point as in DICOM, so that nothing is mirrored.

    Parameters
    ----------
    path : path-like
        ``.nii`` or ``.nii.gz``.
    modality : str
        ``"CT"`` (voxels in HU) or ``"MR"``; NIfTI itself doesn't say.

    Returns
    -------
    Series
        In order of position, as `read_series` returns it.

    Raises
    ------
    ValueError
        If the modality is neither CT nor MR.
    UnreadableSlice
        If it is no such file, or doesn't say how it lies in the patient.
    ModuleNotFoundError
        If nibabel isn't installed.
    """
    if modality not in ("CT", "MR"):
        raise ValueError(f"modality is CT or MR; got {modality!r}")
    path = Path(path)
    image = open_nifti(path)
    try:
        voxels = np.asarray(image.dataobj, dtype=np.float32)
    except Exception as error:  # damaged data make the readers raise many kinds
        raise UnreadableSlice(path, f"the voxels cannot be read ({error})") from error
    voxels = voxels.reshape(voxels.shape[:3])
    finite = np.isfinite(voxels)
    if not finite.any():
        raise UnreadableSlice(path, "not one voxel is a number")
    voxels[~finite] = AIR_HU if modality == "CT" else voxels[finite].min()
    if modality == "CT":
        voxels = fill_with_air(voxels)
    affine = TO_DICOM @ image.affine
    affine[:3] *= MILLIMETRES[length_unit(image)]
    return scaled_series(cut(voxels, affine, modality, path.name), "", description="")


def open_nifti(path: Path) -> "Nifti1Image":
    """Open a file and make sure from its header that it holds one volume with a known orientation.

    Raises
    ------
    UnreadableSlice
        If it doesn't.
    """
    try:
        import nibabel
    except ModuleNotFoundError:
        raise ModuleNotFoundError("NIfTI needs the package nibabel: pip install 'u3edu[dicom]'") from None
    try:
        image = nibabel.load(path)
    except OSError as error:
        raise UnreadableSlice(path, f"cannot be read ({error.strerror or error})") from error
    except Exception as error:
        raise UnreadableSlice(path, f"not a NIfTI file ({error})") from error
    if not isinstance(image, nibabel.nifti1.Nifti1Image):
        raise UnreadableSlice(path, f"not a NIfTI file but {type(image).__name__}")
    if any(length > 1 for length in image.shape[3:]) or len(image.shape) < 3:
        raise UnreadableSlice(
            path, f"not one volume (its shape is {image.shape}); save the one you want alone"
        )
    kind = image.get_data_dtype()  # type: ignore[no-untyped-call]
    if kind.kind not in "uif":
        raise UnreadableSlice(path, f"not grey values but {kind}")
    if not 0 < np.prod(image.shape, dtype=float) <= MOST_VOXELS:
        raise UnreadableSlice(path, f"the header claims {image.shape} voxels, which is none or too many")
    if not (image.header["qform_code"] or image.header["sform_code"]):
        raise UnreadableSlice(path, "doesn't say how it lies in the patient (neither qform nor sform is set)")
    affine = image.affine[:3, :3]
    if not np.isfinite(image.affine).all() or abs(np.linalg.det(affine)) < 1e-12:
        raise UnreadableSlice(path, "its affine is no way from voxels to the patient")
    if length_unit(image) not in MILLIMETRES:
        raise UnreadableSlice(path, f"its unit of length (code {length_unit(image)}) is unknown")
    return image


def length_unit(image: "Nifti1Image") -> int:
    """The code of the unit of length; the bits above it are those of time."""
    return int(image.header["xyzt_units"]) & 7


def cut(voxels: np.ndarray, affine: np.ndarray, modality: str, name: str) -> list[RawSlice]:
    """The slices of a volume, each turned as pictures are hung.

    Parameters
    ----------
    voxels : float32 [I, J, K]
        HU or signal.
    affine : float64 [4, 4]
        From voxel indices to mm in the patient's coordinates as DICOM counts them.
    modality : str
        ``"CT"`` or ``"MR"``.
    name : str
        The file's name, for the source.
    """
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    directions = affine[:3, :3] / lengths
    # Which voxel axis runs along which axis of the patient: the assignment that fits best.
    orders = list(permutations(range(3)))
    along = max(orders, key=lambda order: sum(abs(directions[order[axis], axis]) for axis in range(3)))
    thickest = int(np.argmax(lengths))
    others = sorted(lengths)[1]
    axis = thickest if lengths[thickest] > THICKER * others else along.index(2)
    row_target, column_target = HANGING[along[axis]]
    column_axis, row_axis = (along.index(int(np.argmax(np.abs(target)))) for target in HANGING[along[axis]])

    # Turn what points the wrong way; the corner moves to the other end with it.
    steps, corner, turned = affine[:3, :3].copy(), affine[:3, 3].copy(), voxels
    for which, target in ((column_axis, row_target), (row_axis, column_target)):
        if steps[:, which] @ np.array(target) < 0:
            corner += steps[:, which] * (voxels.shape[which] - 1)
            steps[:, which] *= -1
            turned = np.flip(turned, which)
    stacked = np.transpose(turned, (axis, row_axis, column_axis))
    along_row, along_column = (vector(steps[:, which] / lengths[which]) for which in (column_axis, row_axis))
    pictures = [
        RawSlice(
            values=np.ascontiguousarray(values),
            modality=modality,
            spacing=(float(lengths[row_axis]), float(lengths[column_axis])),
            plane=Plane(vector(corner + number * steps[:, axis]), along_row, along_column),
            synthetic=False,
            source=Source(description=name),
        )
        for number, values in enumerate(stacked)
    ]
    return sorted(pictures, key=lambda picture: picture.plane.position if picture.plane else 0.0)
