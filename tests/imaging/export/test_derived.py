"""Pictures as DICOM: what comes back is what went out, and the header says what it is."""

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom import Dataset, examples
from pydicom.pixels import apply_rescale

from tests.imaging.export.conftest import OBLIQUE, picture_of
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.export.banner import banner, banner_rows, with_banner
from u3edu.imaging.export.derived import derived_series
from u3edu.imaging.export.picture_png import write_picture_png
from u3edu.imaging.sample import sample_slice
from u3edu.imaging.slice import IntensityScale, Slice


def written(path: Path, picture: Slice, **options: object) -> Path:
    (image,) = derived_series([picture], **options)  # type: ignore[arg-type]
    image.save_as(path, enforce_file_format=True)
    return path


def raw_of(dataset: Dataset) -> np.ndarray:
    """HU or signal, by pydicom alone."""
    return apply_rescale(dataset.pixel_array, dataset)


def differences(picture: Slice, path: Path) -> list[str]:
    """What pydicom and highdicom read differently from what was written."""
    dataset = pydicom.dcmread(path)
    plane = picture.acquisition.plane
    assert plane is not None
    found = []
    if raw_of(dataset).shape != picture.shape or not np.allclose(raw_of(dataset), picture.raw, atol=0.5):
        found.append("pixels")
    if dataset.PixelSpacing != list(picture.spacing):
        found.append("spacing")
    if not np.allclose(dataset.ImageOrientationPatient, [*plane.along_row, *plane.along_column], atol=1e-7):
        found.append("orientation")
    if not np.allclose(dataset.ImagePositionPatient, plane.corner):
        found.append("position")
    # highdicom's matrix leads from (slice, row, column) to the patient's millimetres.
    volume = highdicom.imread(path).get_volume()
    far = [0, picture.shape[0] - 1, picture.shape[1] - 1]
    there = (
        np.array(plane.corner)
        + np.array(plane.along_column) * picture.spacing[0] * far[1]
        + np.array(plane.along_row) * picture.spacing[1] * far[2]
    )
    if not np.allclose(volume.map_indices_to_reference(np.array([far]))[0], there, atol=1e-3):
        found.append("the far corner's place")
    if volume.array.shape[1:] != picture.shape or not np.allclose(volume.array[0], picture.raw, atol=0.5):
        found.append("highdicom's pixels")
    return found


def test_pydicom_and_highdicom_read_back_pixels_spacing_and_orientation(
    picture: Slice, tmp_path: Path
) -> None:
    assert differences(picture, written(tmp_path / "a.dcm", picture)) == []


def test_our_own_reader_reads_back_the_same_slice(picture: Slice, tmp_path: Path) -> None:
    back = read_slice(written(tmp_path / "a.dcm", picture))
    assert back.shape == picture.shape and back.spacing == picture.spacing
    np.testing.assert_allclose(back.raw[10:], picture.raw[10:], atol=16)  # MR spreads percentiles anew
    assert back.acquisition.plane is not None
    np.testing.assert_allclose(back.acquisition.plane.corner, OBLIQUE.corner)
    np.testing.assert_allclose(back.acquisition.plane.along_column, OBLIQUE.along_column, atol=1e-7)


TURNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "upside down": np.flipud,
    "left for right": np.fliplr,
    "turned by half": lambda pixels: pixels[::-1, ::-1],
    "rows for columns": lambda pixels: pixels.T,
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_flipped_or_transposed_round_trip_is_caught(turn: str, picture: Slice, tmp_path: Path) -> None:
    path = written(tmp_path / "a.dcm", picture)
    dataset = pydicom.dcmread(path)
    turned = np.ascontiguousarray(TURNS[turn](dataset.pixel_array))
    dataset.Rows, dataset.Columns = turned.shape
    dataset.PixelData = turned.tobytes()
    dataset.save_as(path)
    assert {"pixels", "highdicom's pixels"} <= set(differences(picture, path))


@pytest.mark.parametrize("swap", ["orientation", "spacing"])
def test_swapped_directions_are_caught(swap: str, picture: Slice, tmp_path: Path) -> None:
    path = written(tmp_path / "a.dcm", picture)
    dataset = pydicom.dcmread(path)
    if swap == "spacing":
        dataset.PixelSpacing = dataset.PixelSpacing[::-1]
    else:
        dataset.ImageOrientationPatient = [
            *dataset.ImageOrientationPatient[3:],
            *dataset.ImageOrientationPatient[:3],
        ]
    dataset.save_as(path)
    assert {swap, "the far corner's place"} <= set(differences(picture, path))


def test_a_synthetic_picture_says_so_wherever_it_is_looked_at(picture: Slice, source: Dataset) -> None:
    synthetic = picture.with_pixels(picture.pixels, synthetic=True)
    (image,) = derived_series([synthetic], source=source, model="pelvic-mri")
    assert image[0x0008001C].value == "YES"
    assert image.ImageType[:2] == ["DERIVED", "SECONDARY"]
    assert "education only" in image.DerivationDescription
    (equipment,) = image.ContributingEquipmentSequence
    assert equipment.PurposeOfReferenceCodeSequence[0].CodeValue == "109100"
    assert equipment.ManufacturerModelName == "pelvic-mri"
    assert image.DerivationCodeSequence[0].CodeValue == "123110"
    # The banner: black and white alone, and words in it.
    top = raw_of(image)[: banner_rows(128)]
    assert len(np.unique(top)) == 2
    np.testing.assert_array_equal(top == top.max(), banner(128))
    np.testing.assert_allclose(raw_of(image)[banner_rows(128) :], picture.raw[banner_rows(128) :], atol=0.5)


def test_only_a_reader_test_takes_the_banner_off(picture: Slice) -> None:
    synthetic = picture.with_pixels(picture.pixels, synthetic=True)
    (image,) = derived_series([synthetic], reader_test=True)
    np.testing.assert_allclose(raw_of(image), picture.raw, atol=0.5)
    assert image.SyntheticData == "YES"


def test_a_real_picture_is_not_called_synthetic(picture: Slice, source: Dataset) -> None:
    (image,) = derived_series([picture], source=source)
    assert image.SyntheticData == "NO"
    assert "ContributingEquipmentSequence" not in image
    np.testing.assert_allclose(raw_of(image), picture.raw, atol=0.5)


def test_the_source_is_referred_to_and_its_study_shared(picture: Slice, source: Dataset) -> None:
    (image,) = derived_series([picture], source=source)
    (reference,) = image.SourceImageSequence
    assert reference.ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert reference.PurposeOfReferenceCodeSequence[0].CodeValue == "121322"
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientID", "PatientIdentityRemoved"):
        assert image[keyword].value == source[keyword].value, keyword
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID"):
        assert image[keyword].value != source[keyword].value, keyword


def test_before_and_after_are_one_series_in_order(picture: Slice, source: Dataset) -> None:
    after = picture.with_pixels(picture.pixels * 0.5, synthetic=True)
    first, second = derived_series([picture, after], source=source, comments=("before", "after"))
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert [first.InstanceNumber, second.InstanceNumber] == [1, 2]
    assert [first.ImageComments, second.ImageComments] == ["before", "after"]
    assert first.ImagePositionPatient == second.ImagePositionPatient


def test_a_source_with_a_person_in_it_is_refused(picture: Slice) -> None:
    original = pydicom.dcmread(examples.get_path("ct"))
    with pytest.raises(ValueError, match="not de-identified by u3edu"):
        derived_series([picture], source=original)
    original.PatientIdentityRemoved = "YES"  # by whom, nobody knows
    with pytest.raises(ValueError, match="not de-identified by u3edu"):
        derived_series([picture], source=original)


def test_the_wrong_source_is_refused(picture: Slice, source: Dataset) -> None:
    acquisition = picture.acquisition
    other = replace(acquisition, source=replace(acquisition.source, instance_uid="1.2.3"))
    with pytest.raises(ValueError, match="not the picture"):
        derived_series([Slice(picture.pixels, other)], source=source)


def test_signals_of_any_range_come_back() -> None:
    numbers = np.random.default_rng(0)
    for values in (
        numbers.random((8, 9)),  # arrays of 0 to 1: spread over 65,536 levels
        numbers.random((8, 9)) * 60000,  # above what a signed number holds
        numbers.random((8, 9)) * 1e6,
    ):
        picture = slice_from_array(values.astype(np.float32), modality="MR")
        tolerance = max(0.5, 1.01 * np.ptp(values) / 65535) if values.max() > 255 else 1e-5
        np.testing.assert_allclose(raw_of(derived_series([picture])[0]), picture.raw, atol=tolerance)


def test_hounsfield_units_are_whole_numbers_without_loss() -> None:
    scale = IntensityScale(2048.0, 0.0, "HU")
    hounsfield = np.arange(-2048, 2049, dtype=np.float32).reshape(17, 241)
    made = picture_of("CT").acquisition
    (image,) = derived_series([Slice(scale.to_pixels(hounsfield), made)])
    np.testing.assert_array_equal(raw_of(image), hounsfield)


def test_a_picture_of_no_known_place_is_a_secondary_capture() -> None:
    (image,) = derived_series([sample_slice("pelvic-mri")])
    assert image.SOPClassUID.name == "Secondary Capture Image Storage"
    assert image.SyntheticData == "YES" and image.PatientID == "u3edu-synthetic"
    assert "ImagePositionPatient" not in image and "FrameOfReferenceUID" not in image


@pytest.mark.parametrize("width", [64, 128, 320, 512])
def test_the_banner_fits_and_takes_few_rows(width: int) -> None:
    letters = banner(width)
    assert letters.any()
    assert not letters[:, :2].any() and not letters[:, -2:].any()
    assert len(letters) <= max(14, width * 0.06)
    assert with_banner(picture_of("CT")).shape == (96, 128)


def test_a_png_shows_the_banner_and_holds_no_text(picture: Slice, tmp_path: Path) -> None:
    from PIL import Image

    synthetic = picture.with_pixels(picture.pixels, synthetic=True)
    write_picture_png(synthetic, tmp_path / "a.png")
    write_picture_png(synthetic, tmp_path / "b.png", reader_test=True)
    write_picture_png(picture, tmp_path / "c.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.info == {} and image.mode == "L"
        np.testing.assert_array_equal(np.asarray(image)[: banner_rows(128)], banner(128) * np.uint8(255))
    for name in ("b", "c"):
        with Image.open(tmp_path / f"{name}.png") as image:
            np.testing.assert_array_equal(np.asarray(image), picture.display())


# What Debian's dciodvfy (dicom3tools 1.00~20220618) says although nothing is wrong.
KNOWN_MESSAGES = (
    "needed to build DICOMDIR",  # dates and StudyID are empty: they were removed
    "(0x0008,0x001c)",  # SyntheticData is younger than its dictionary
    "this is a Standard Extended SOP Class",  # for the same reason
    "attribute <Laterality>",  # empty where the body part is unknown
)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize("with_source", [True, False])
def test_dciodvfy_has_nothing_else_to_say(
    picture: Slice, source: Dataset, with_source: bool, tmp_path: Path
) -> None:
    synthetic = picture.with_pixels(picture.pixels, synthetic=True)
    unknown = Slice(picture.pixels, replace(picture.acquisition, plane=None))
    for number, one in enumerate((picture, synthetic, unknown)):
        path = written(tmp_path / f"{number}.dcm", one, source=source if with_source else None)
        said = subprocess.run(["dciodvfy", path], capture_output=True, text=True).stderr
        messages = [line for line in said.splitlines() if "Error" in line or "Warning" in line]
        assert [line for line in messages if not any(known in line for known in KNOWN_MESSAGES)] == []


def test_what_is_written_is_a_whole_file(picture: Slice) -> None:
    buffer = io.BytesIO()
    derived_series([picture])[0].save_as(buffer, enforce_file_format=True)
    assert buffer.getvalue()[:132] == bytes(128) + b"DICM"


def test_picture_edited_in_place_says_so_and_needs_its_de_identified_source(picture, source):
    whole, edited = (
        Slice(picture.pixels, replace(picture.acquisition, synthetic=True, in_place=in_place))
        for in_place in (False, True)
    )
    images = derived_series([whole, edited], source=source)
    assert [image.SyntheticData for image in images] == ["YES", "YES"]
    assert "Shows no patient" in images[0].DerivationDescription
    assert images[1].DerivationDescription.startswith("In part synthetic")
    assert (
        images[1].ContributingEquipmentSequence[0].ContributionDescription == images[1].DerivationDescription
    )
    assert all(len(image.DerivationDescription) <= 1024 for image in images)
    with pytest.raises(ValueError, match="give the de-identified source"):
        derived_series([edited])
