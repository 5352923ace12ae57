"""One picture without the person: what stays, what is replaced, and what is refused."""

import io
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import Dataset, examples
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, PositronEmissionTomographyImageStorage

from u3edu.imaging.deidentification.burned_in import BlackBox, black_out
from u3edu.imaging.deidentification.deidentify import NotDeidentified, deidentify
from u3edu.imaging.deidentification.folder import deidentify_files
from u3edu.imaging.deidentification.identifiers import Pseudonyms, pseudonyms_from
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.series import read_series


def example(name: str = "ct", **header: Any) -> Dataset:
    """A picture of a real scanner; a header entry of None takes the attribute away."""
    dataset = pydicom.dcmread(examples.get_path(name))
    for keyword, value in header.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    return dataset


def saved(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["ct", "mr"])
def test_the_picture_and_its_geometry_stay(name: str, pseudonyms: Pseudonyms) -> None:
    original, new = example(name), deidentify(example(name), pseudonyms)
    np.testing.assert_array_equal(new.pixel_array, original.pixel_array)
    for keyword in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "SliceThickness"):
        assert new[keyword].value == original[keyword].value, keyword


def test_a_deidentified_series_reads_like_the_original(tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    for number in range(3):
        dataset = example(ImagePositionPatient=[-100, -120, 5.0 * number], SOPInstanceUID=f"1.2.{number}")
        dataset.save_as(tmp_path / f"{number}.dcm")
    paths = sorted(tmp_path.iterdir())
    deidentify_files([(path, None) for path in paths], tmp_path / "out", pseudonyms)
    for old, new in zip(map(read_slice, paths), read_series(tmp_path / "out"), strict=True):
        np.testing.assert_array_equal(old.pixels, new.pixels)
        assert old.acquisition.plane == new.acquisition.plane
        assert old.spacing == new.spacing


def test_identifiers_are_new_and_the_same_for_the_same_key(pseudonyms: Pseudonyms) -> None:
    first, second = deidentify(example(), pseudonyms), deidentify(example(), pseudonyms)
    other = deidentify(example(), Pseudonyms(bytes(32)))
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
        uid = first[keyword].value
        assert uid == second[keyword].value != other[keyword].value
        assert uid != example()[keyword].value
        assert uid.is_valid and uid.startswith("2.25.")
    assert first.PatientID == second.PatientID != other.PatientID


def test_a_uid_is_that_of_a_uuid_of_version_8(pseudonyms: Pseudonyms) -> None:
    # RFC 9562: the thirteenth digit is the version, the seventeenth 8, 9, a or b.
    digits = f"{int(pseudonyms.uid('1.2.3').removeprefix('2.25.')):032x}"
    assert digits[12] == "8" and digits[16] in "89ab"


def test_pictures_of_one_series_stay_in_one_series(pseudonyms: Pseudonyms) -> None:
    new = [deidentify(example(SOPInstanceUID=f"1.2.{number}"), pseudonyms) for number in range(3)]
    assert len({one.SeriesInstanceUID for one in new}) == 1
    assert len({one.SOPInstanceUID for one in new}) == 3


def test_dates_ages_and_times_are_gone(pseudonyms: Pseudonyms) -> None:
    new = deidentify(example(), pseudonyms)
    assert not [element for element in new if element.VR in ("DA", "TM", "DT", "AS") and not element.is_empty]
    assert new.LongitudinalTemporalInformationModified == "REMOVED"


def test_the_method_is_written_with_its_codes(pseudonyms: Pseudonyms) -> None:
    new = deidentify(example(), pseudonyms)
    assert new.PatientIdentityRemoved == "YES"
    assert [item.CodeValue for item in new.DeidentificationMethodCodeSequence] == ["113100"]
    looked = deidentify(example(), pseudonyms, pixels_looked_at=True)
    assert [item.CodeValue for item in looked.DeidentificationMethodCodeSequence] == ["113100", "113101"]
    assert looked.BurnedInAnnotation == "NO"
    assert "BurnedInAnnotation" not in new


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (example("palette_color"), "ultrasound"),
        (pydicom.dcmread(str(get_testdata_file("SC_rgb_small_odd.dcm"))), "secondary capture"),
        (example(BurnedInAnnotation="YES"), "text is burned into"),
        (example(ImageType=["DERIVED", "SECONDARY", "AXIAL", "SCREENSHOT"]), "captured screen"),
    ],
    ids=["ultrasound", "secondary capture", "burned in", "screen"],
)
def test_text_in_the_pixels_is_refused_until_somebody_looked(
    picture: Dataset, words: str, pseudonyms: Pseudonyms
) -> None:
    with pytest.raises(NotDeidentified, match=f"{words}.*--pixels-looked-at"):
        deidentify(picture, pseudonyms)
    if picture.get("PhotometricInterpretation") != "PALETTE COLOR":
        assert deidentify(picture, pseudonyms, pixels_looked_at=True).BurnedInAnnotation == "NO"


@pytest.mark.parametrize(
    "name", ["MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm"]
)
def test_compressed_pixels_come_out_uncompressed_and_the_same(name: str, pseudonyms: Pseudonyms) -> None:
    new = deidentify(pydicom.dcmread(str(get_testdata_file(name))), pseudonyms)
    assert not new.file_meta.TransferSyntaxUID.is_compressed
    np.testing.assert_array_equal(new.pixel_array, pydicom.dcmread(examples.get_path("mr")).pixel_array)


def test_a_compressed_picture_of_another_size_is_refused(pseudonyms: Pseudonyms) -> None:
    original = pydicom.dcmread(str(get_testdata_file("MR_small_jp2klossless.dcm")))
    original.Rows = 32
    with pytest.raises(NotDeidentified, match="cannot be decoded"):
        deidentify(original, pseudonyms)


def test_colour_stays_colour(pseudonyms: Pseudonyms) -> None:
    path = str(get_testdata_file("SC_rgb_small_odd.dcm"))
    new = deidentify(pydicom.dcmread(path), pseudonyms, pixels_looked_at=True)
    np.testing.assert_array_equal(pixel_array(io.BytesIO(saved(new))), pixel_array(path))


def test_black_boxes_cover_names_and_the_picture_counts_as_derived(pseudonyms: Pseudonyms) -> None:
    original = example()
    boxes = (BlackBox(0, 0, 10, 128), BlackBox(100, 90, 60, 60))
    new = deidentify(original, pseudonyms, pixels_looked_at=True, black_boxes=boxes)
    covered = np.zeros((128, 128), bool)
    covered[:10] = covered[100:, 90:] = True
    stored = new.pixel_array
    assert (stored[covered] == original.pixel_array.min()).all()
    np.testing.assert_array_equal(stored[~covered], original.pixel_array[~covered])
    assert new.ImageType[0] == "DERIVED"


def test_boxes_are_black_where_low_values_are_shown_bright(pseudonyms: Pseudonyms) -> None:
    original = example("mr", PhotometricInterpretation="MONOCHROME1", BitsStored=12, HighBit=11)
    new = deidentify(original, pseudonyms, black_boxes=[BlackBox(0, 0, 2, 2)])
    assert new.pixel_array[0, 0] == (2047 if original.PixelRepresentation else 4095)


def test_a_box_that_covers_nothing_is_said() -> None:
    with pytest.raises(ValueError, match="outside a picture of 4 x 4"):
        black_out(np.zeros((4, 4), int), [BlackBox(4, 0, 1, 1)], 0)
    with pytest.raises(ValueError, match=r"TOP,LEFT,HEIGHT,WIDTH.*got '1,2,3'"):
        BlackBox.parse("1,2,3")
    with pytest.raises(ValueError, match="at least 1 pixel"):
        BlackBox.parse("1,2,0,3")


@pytest.mark.parametrize(
    "header",
    [{"BodyPartExamined": "HEAD"}, {"SeriesDescription": "t2 tse neck"}, {"StudyDescription": "MRT Schädel"}],
    ids=str,
)
def test_head_and_neck_are_warned_about(
    header: dict[str, str], tmp_path: Path, pseudonyms: Pseudonyms
) -> None:
    example(**header).save_as(tmp_path / "a.dcm")
    report = deidentify_files([(tmp_path / "a.dcm", None)], tmp_path / "out", pseudonyms)
    assert any("face can be rendered" in warning for warning in report.warnings)
    assert pydicom.dcmread(tmp_path / "out" / "slice-0001.dcm").RecognizableVisualFeatures == "YES"


def test_a_chest_is_not_warned_about(tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    example(BodyPartExamined="CHEST").save_as(tmp_path / "a.dcm")
    report = deidentify_files(
        [(tmp_path / "a.dcm", None)], tmp_path / "out", pseudonyms, pixels_looked_at=True
    )
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"SOPClassUID": PositronEmissionTomographyImageStorage}, "not a CT, MR"),
        ({"BitsStored": None}, "BitsStored"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "PhotometricInterpretation"),
        ({"HighBit": 12}, "HighBit"),
        ({"PixelData": b"\0\0"}, "cannot be decoded"),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_refused(
    header: dict[str, Any], words: str, pseudonyms: Pseudonyms
) -> None:
    with pytest.raises(NotDeidentified, match=words):
        deidentify(example(**header), pseudonyms)


def test_a_frame_becomes_a_picture_of_its_own(tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    original = example()
    frames = np.stack([original.pixel_array + number for number in range(3)])
    original.SOPClassUID = original.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    original.NumberOfFrames, original.PixelData = 3, frames.tobytes()
    original.PerFrameFunctionalGroupsSequence = []
    for number in range(3):
        position, groups = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, 2.0 * number]
        groups.PlanePositionSequence = [position]
        groups.PatientName = "Doe^Jane"
        original.PerFrameFunctionalGroupsSequence.append(groups)
    original.save_as(tmp_path / "a.dcm")
    report = deidentify_files([(tmp_path / "a.dcm", None)], tmp_path / "out", pseudonyms)
    assert report.written == 3
    written = [pydicom.dcmread(path) for path in sorted((tmp_path / "out").iterdir())]
    assert len({one.SOPInstanceUID for one in written}) == 3
    for number, one in enumerate(written):
        assert one.SOPClassUID == CTImageStorage and "NumberOfFrames" not in one
        assert one.ImagePositionPatient == [0, 0, 2.0 * number]
        np.testing.assert_array_equal(one.pixel_array, frames[number])


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    made = pseudonyms_from(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert pseudonyms_from(path) == made
    assert made.key.hex() not in repr(made)
    path.write_text("not a key")
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        pseudonyms_from(path)


# What Debian's dciodvfy (dicom3tools 1.00~20220618) says although nothing is wrong.
KNOWN_MESSAGES = (
    "needed to build DICOMDIR",  # dates and StudyID are empty: they were removed
    "attribute <Laterality>",  # empty where the body part is unknown
)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small.dcm", "SC_rgb_small_odd.dcm", "examples_ybr_color.dcm"]
)
def test_dciodvfy_has_nothing_else_to_say(name: str, tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    original = pydicom.dcmread(str(get_testdata_file(name)))
    new = deidentify(original, pseudonyms, pixels_looked_at=True)
    new.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    said = subprocess.run(["dciodvfy", tmp_path / "a.dcm"], capture_output=True, text=True).stderr
    messages = [line for line in said.splitlines() if "Error" in line or "Warning" in line]
    assert [line for line in messages if not any(known in line for known in KNOWN_MESSAGES)] == []
