"""NIfTI: the same pictures as from DICOM, whichever way the voxels are laid out."""

import contextlib
import warnings
from itertools import permutations, product
from pathlib import Path

import nibabel
import numpy as np
import pytest
from nibabel.orientations import apply_orientation, inv_ornt_aff

from tests.imaging.conftest import dicom_file
from u3edu.imaging.nifti import read_nifti
from u3edu.imaging.problem import UnreadableSeries, UnreadableSlice
from u3edu.imaging.series import Series, read_series

# All 48 ways to lay out the voxels of one volume: axes exchanged, axes turned.
LAYOUTS = [
    np.array([[axis, turn] for axis, turn in zip(axes, turns, strict=True)])
    for axes in permutations(range(3))
    for turns in product((1, -1), repeat=3)
]
ORIENTATION = {
    "axial": [1, 0, 0, 0, 1, 0],
    "coronal": [1, 0, 0, 0, 0, -1],
    "sagittal": [0, 1, 0, 0, 0, -1],
}
STEP = {"axial": [0, 0, 5], "coronal": [0, 5, 0], "sagittal": [-5, 0, 0]}


def scan(folder: Path, view: str = "axial", spacing: tuple[float, float] = (0.8, 0.7)) -> Series:
    """A DICOM series without any symmetry."""
    rng = np.random.default_rng(3)
    for index in range(4):
        dicom_file(
            folder / f"{index}.dcm",
            rng.integers(0, 2000, (6, 7), dtype=np.uint16),
            ImageOrientationPatient=ORIENTATION[view],
            ImagePositionPatient=[10 + index * step for step in STEP[view]],
            PixelSpacing=list(spacing),
        )
    return read_series(folder)


def as_nifti(series: Series, path: Path, layout: np.ndarray = LAYOUTS[0]) -> Path:
    """The series as a NIfTI file, by nibabel and the definitions of the two standards alone."""
    plane = series.planes[0]
    assert plane is not None and series.planes[1] is not None
    rows, columns = series[0].spacing
    affine = np.eye(4)
    affine[:3, 0] = np.multiply(plane.along_row, columns)
    affine[:3, 1] = np.multiply(plane.along_column, rows)
    affine[:3, 2] = np.subtract(series.planes[1].corner, plane.corner)
    affine[:3, 3] = plane.corner
    affine = np.diag([-1, -1, 1, 1]) @ affine  # left and back become right and front
    voxels = np.stack([picture.raw.T for picture in series], axis=-1)
    turned = apply_orientation(voxels, layout)
    image = nibabel.Nifti1Image(turned.astype(np.float32), affine @ inv_ornt_aff(layout, voxels.shape))
    image.header.set_xyzt_units("mm")
    image.set_sform(image.affine, 1)
    nibabel.save(image, path)
    return path


def assert_same(one: Series, other: Series) -> None:
    assert len(one) == len(other)
    for picture, twin in zip(one, other, strict=True):
        np.testing.assert_allclose(picture.raw, twin.raw, atol=0.01)
        assert picture.spacing == pytest.approx(twin.spacing, rel=1e-5)
        plane, expected = picture.acquisition.plane, twin.acquisition.plane
        assert plane is not None and expected is not None
        np.testing.assert_allclose(plane.corner, expected.corner, atol=1e-3)
        np.testing.assert_allclose(plane.along_row, expected.along_row, atol=1e-5)
        np.testing.assert_allclose(plane.along_column, expected.along_column, atol=1e-5)


@pytest.mark.parametrize("view", ["axial", "coronal", "sagittal"])
def test_nothing_is_flipped_or_transposed_in_any_of_48_layouts(view: str, tmp_path: Path) -> None:
    series = scan(tmp_path / "dicom", view)
    for number, layout in enumerate(LAYOUTS):
        assert_same(read_nifti(as_nifti(series, tmp_path / f"{number}.nii", layout), "CT"), series)


def test_a_compressed_file_is_the_same(tmp_path: Path) -> None:
    series = scan(tmp_path / "dicom")
    assert_same(read_nifti(as_nifti(series, tmp_path / "a.nii.gz"), "CT"), series)


def test_cubes_are_cut_into_axial_slices(tmp_path: Path) -> None:
    series = scan(tmp_path / "dicom", "sagittal", spacing=(5, 5))
    read = read_nifti(as_nifti(series, tmp_path / "a.nii"), "CT")
    assert {plane.view for plane in read.planes if plane} == {"axial"}
    first = read.planes[0]
    assert first is not None and first.along_row == pytest.approx((1, 0, 0))
    # The voxel of the lowest, rightmost, foremost corner, looked up in the sagittal slices.
    assert read[0].raw[0, 0] == pytest.approx(series[-1].raw[-1, 0], abs=0.01)


def test_metres_and_scaled_values_come_out_in_mm_and_signal(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(
        np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.diag([0.001, 0.001, 0.004, 1])
    )
    image.header.set_xyzt_units("meter")
    image.header.set_slope_inter(2, 7)
    image.set_sform(image.affine, 1)
    nibabel.save(image, tmp_path / "a.nii")
    read = read_nifti(tmp_path / "a.nii", "MR")
    assert read[0].spacing == pytest.approx((1, 1))
    assert read.stack.spacing == pytest.approx(4)
    stored = np.asarray(nibabel.load(tmp_path / "a.nii").dataobj)
    np.testing.assert_allclose(read[0].raw, stored[::-1, ::-1, 0].T, atol=0.5)


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_voxels_that_are_no_numbers_become_background(modality: str, tmp_path: Path) -> None:
    voxels = np.full((4, 4, 4), 100, np.float32)
    voxels[0, 0, 0], voxels[1, 1, 1] = np.nan, 40
    image = nibabel.Nifti1Image(voxels, np.eye(4))
    nibabel.save(image, tmp_path / "a.nii")
    read = read_nifti(tmp_path / "a.nii", modality)
    assert min(picture.raw.min() for picture in read) == pytest.approx(-1000 if modality == "CT" else 40)


@pytest.mark.parametrize(
    ("voxels", "words"),
    [
        (np.zeros((3, 3, 3, 5), np.int16), "not one volume"),
        (np.zeros((3, 3, 3), np.complex64), "not grey values"),
        (np.full((3, 3, 3), np.nan, np.float32), "not one voxel is a number"),
    ],
)
def test_what_is_no_volume_is_refused(voxels: np.ndarray, words: str, tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), tmp_path / "a.nii")
    with pytest.raises(UnreadableSlice, match=words):
        read_nifti(tmp_path / "a.nii", "MR")


def test_a_file_that_does_not_say_how_it_lies_is_refused(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(np.zeros((3, 3, 3), np.int16), None)
    nibabel.save(image, tmp_path / "a.nii")
    with pytest.raises(UnreadableSlice, match="neither qform nor sform"):
        read_nifti(tmp_path / "a.nii", "MR")


def test_damaged_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    whole = as_nifti(scan(tmp_path / "dicom"), tmp_path / "a.nii").read_bytes()
    for content in (b"", b"hello", whole[:200], whole[:-100]):
        (tmp_path / "b.nii").write_bytes(content)
        with pytest.raises(UnreadableSlice, match=r"b\.nii"):
            read_nifti(tmp_path / "b.nii", "CT")
    with pytest.raises(UnreadableSlice, match="nothing"):
        read_nifti(tmp_path / "nothing.nii", "CT")
    with pytest.raises(ValueError, match="CT or MR"):
        read_nifti(tmp_path / "a.nii", "PET")


def test_a_folder_says_how_its_nifti_files_are_read(tmp_path: Path) -> None:
    as_nifti(scan(tmp_path / "dicom"), tmp_path / "a.nii")
    with pytest.raises(UnreadableSeries, match="read_nifti"):
        read_series(tmp_path / "a.nii")


def test_damage_ends_in_a_series_or_a_reason(tmp_path: Path) -> None:
    whole = as_nifti(scan(tmp_path / "dicom"), tmp_path / "a.nii").read_bytes()
    rng = np.random.default_rng(4)
    opened = 0
    for number in range(200):
        content = bytearray(whole)
        for at in rng.integers(0, 360 if number % 3 else len(content), rng.integers(1, 12)):
            content[at] = rng.integers(0, 256)
        if number % 4 == 0:
            content[123] = rng.integers(0, 256)  # the units
        (tmp_path / "a.nii").write_bytes(content[: rng.integers(1, 900)] if number % 5 == 0 else content)
        # Any other exception fails the test.
        with warnings.catch_warnings(), contextlib.suppress(UnreadableSlice):
            warnings.simplefilter("ignore")
            assert all(np.isfinite(picture.raw).all() for picture in read_nifti(tmp_path / "a.nii", "MR"))
            opened += 1
    assert 20 < opened < 180
