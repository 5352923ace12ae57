"""NIfTI: every pixel lies at the same place of the patient as in DICOM."""

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np

from u3edu.editing.label_map import LabelMap
from u3edu.imaging.export.banner import banner_rows
from u3edu.imaging.export.volume_nifti import write_label_nifti, write_picture_nifti
from u3edu.imaging.nifti import read_nifti
from u3edu.imaging.slice import Slice


def test_each_voxel_keeps_its_value_and_its_place(picture: Slice, tmp_path: Path) -> None:
    write_picture_nifti(picture, tmp_path / "a.nii.gz")
    image = nibabel.load(tmp_path / "a.nii.gz")
    voxels = np.asarray(image.dataobj)
    plane, (row_mm, column_mm) = picture.acquisition.plane, picture.spacing
    assert plane is not None
    for row, column in ((0, 0), (0, 127), (95, 0), (31, 77)):
        place = (  # DICOM PS3.3 C.7.6.2.1.1
            np.array(plane.corner)
            + np.array(plane.along_row) * column * column_mm
            + np.array(plane.along_column) * row * row_mm
        )
        there = image.affine @ [column, row, 0, 1]
        np.testing.assert_allclose(there[:3], place * [-1, -1, 1], atol=1e-3)
        np.testing.assert_allclose(voxels[column, row, 0], picture.raw[row, column], atol=1e-2)
    assert image.header["sform_code"] == 1


def test_our_own_reader_hangs_it_as_it_was(picture: Slice, tmp_path: Path) -> None:
    write_picture_nifti(picture, tmp_path / "a.nii.gz")
    (back,) = read_nifti(tmp_path / "a.nii.gz", picture.acquisition.modality)
    assert back.shape == picture.shape
    np.testing.assert_allclose(back.spacing, picture.spacing, atol=1e-5)
    assert np.corrcoef(back.pixels.ravel(), picture.pixels.ravel())[0, 1] > 0.99


def test_labels_stay_whole_numbers(label_map: LabelMap, tmp_path: Path) -> None:
    write_label_nifti(label_map, tmp_path / "a.nii.gz")
    image = nibabel.load(tmp_path / "a.nii.gz")
    assert image.get_data_dtype() == np.uint8
    np.testing.assert_array_equal(np.asarray(image.dataobj)[..., 0].T, label_map.labels)


def test_a_synthetic_volume_carries_the_banner_and_the_word(picture: Slice, tmp_path: Path) -> None:
    synthetic = picture.with_pixels(picture.pixels, synthetic=True)
    write_picture_nifti(synthetic, tmp_path / "a.nii")
    image = nibabel.load(tmp_path / "a.nii")
    assert b"synthetic" in image.header["descrip"].item()
    assert len(np.unique(np.asarray(image.dataobj)[..., 0].T[: banner_rows(128)])) == 2


def test_an_unknown_place_is_called_unknown(picture: Slice, tmp_path: Path) -> None:
    unknown = Slice(picture.pixels, replace(picture.acquisition, plane=None))
    write_picture_nifti(unknown, tmp_path / "a.nii")
    assert nibabel.load(tmp_path / "a.nii").header["sform_code"] == 0
