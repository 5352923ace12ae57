"""One DICOM file to one Slice: values, geometry, origin."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom import examples

from u3edu.imaging.dicom import padding_mask, read_slice
from u3edu.imaging.problem import UnreadableSlice

Writer = Callable[..., Path]


def test_ct_is_read_in_hounsfield_units(write_dicom: Writer, stored_ct: np.ndarray) -> None:
    picture = read_slice(write_dicom("a.dcm", stored_ct))
    np.testing.assert_allclose(picture.raw, stored_ct.astype(float) - 1024, atol=1e-3)
    np.testing.assert_allclose(picture.pixels, (stored_ct.astype(float) - 1024) / 2048, atol=1e-6)
    assert picture.acquisition.modality == "CT"
    assert picture.acquisition.scale.unit == "HU"


def test_ct_beyond_the_scale_is_clipped(write_dicom: Writer) -> None:
    picture = read_slice(write_dicom("a.dcm", np.array([[0, 1024, 4095]], np.uint16), RescaleSlope=2))
    np.testing.assert_allclose(picture.raw, [[-1024, 1024, 2048]], atol=1e-3)


def test_values_below_what_can_be_measured_become_air(write_dicom: Writer) -> None:
    stored = np.array([[-2000, -1025, -1024, -1000, 0]], np.int16)
    picture = read_slice(write_dicom("a.dcm", stored, RescaleIntercept=0))
    np.testing.assert_allclose(picture.raw, [[-1000, -1000, -1024, -1000, 0]], atol=1e-3)


@pytest.mark.parametrize(
    ("stored", "padding"),
    [
        (np.array([[-2000, 40]], np.int16), -2000),
        (np.array([[63536, 40]], np.uint16), 63536),
        (np.array([[7, 40]], np.uint16), 7),
    ],
)
def test_padding_becomes_air_and_the_rest_stays(
    write_dicom: Writer, stored: np.ndarray, padding: int
) -> None:
    # An intercept of zero puts the padding of the last two cases far above -1024 HU, where only
    # the padding value can tell it from tissue.
    path = write_dicom("a.dcm", stored, PixelPaddingValue=padding, RescaleIntercept=0)
    np.testing.assert_allclose(read_slice(path).raw, [[-1000, 40]], atol=1e-3)


@pytest.mark.parametrize(("kind", "value", "pixel"), [("US", 63536, -2000), ("SS", -2000, 63536)])
def test_padding_written_with_the_other_sign_is_recognised(kind: str, value: int, pixel: int) -> None:
    dataset = pydicom.Dataset()
    dataset.add_new("PixelPaddingValue", kind, value)  # -2000 is 63536 in two's complement
    stored = np.array([[pixel, 40]], np.int16 if pixel < 0 else np.uint16)
    assert padding_mask(dataset, stored).tolist() == [[True, False]]


def test_a_range_of_padding_values_becomes_air(write_dicom: Writer) -> None:
    stored = np.array([[10, 11, 12, 13]], np.uint16)
    header = {"PixelPaddingValue": 12, "PixelPaddingRangeLimit": 10, "RescaleIntercept": 0}
    picture = read_slice(write_dicom("a.dcm", stored, **header))
    np.testing.assert_allclose(picture.raw, [[-1000, -1000, -1000, 13]], atol=1e-3)


def test_mr_fills_the_whole_scale_and_keeps_its_signal(write_dicom: Writer) -> None:
    stored = np.arange(100, 1060, dtype=np.uint16).reshape(30, 32)
    picture = read_slice(write_dicom("a.dcm", stored, modality="MR"))
    assert picture.pixels.min() == -1
    assert picture.pixels.max() == 1
    assert picture.acquisition.scale.unit == "signal"
    np.testing.assert_allclose(picture.raw, stored, atol=1.5)  # a thousandth on each side is clipped


def test_one_hot_pixel_does_not_darken_an_mr_picture(write_dicom: Writer) -> None:
    stored = np.tile(np.arange(0, 1000, 10, dtype=np.uint16), (50, 1))
    calm = read_slice(write_dicom("calm.dcm", stored, modality="MR"))
    spiked = stored.copy()
    spiked[25, 50] = 60000
    hot = read_slice(write_dicom("hot.dcm", spiked, modality="MR"))
    assert np.delete(np.abs(hot.pixels - calm.pixels).ravel(), 25 * 100 + 50).max() < 0.02


@pytest.mark.parametrize("value", [0, 500])
def test_a_constant_mr_picture_is_dark_and_finite(write_dicom: Writer, value: int) -> None:
    picture = read_slice(write_dicom("a.dcm", np.full((8, 8), value, np.uint16), modality="MR"))
    assert (picture.pixels == -1).all()
    np.testing.assert_allclose(picture.raw, value, atol=1e-3)
    assert picture.display().dtype == np.uint8


def test_inverted_mr_is_turned_so_that_signal_is_bright(write_dicom: Writer) -> None:
    stored = np.arange(0, 4000, 4, dtype=np.uint16).reshape(25, 40)
    upright = read_slice(write_dicom("a.dcm", stored, modality="MR", BitsStored=12, HighBit=11))
    inverted = read_slice(
        write_dicom(
            "b.dcm",
            (4095 - stored).astype(np.uint16),
            modality="MR",
            BitsStored=12,
            HighBit=11,
            PhotometricInterpretation="MONOCHROME1",
        )
    )
    np.testing.assert_allclose(inverted.pixels, upright.pixels, atol=1e-6)


def test_inverted_mr_with_signed_values_is_turned_about_their_range(write_dicom: Writer) -> None:
    stored = np.array([[-300, 0, 300]], np.int16)
    path = write_dicom("a.dcm", stored, modality="MR", PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_allclose(read_slice(path).raw, [[299, -1, -301]], atol=1)


def test_inverted_display_leaves_hounsfield_units_alone(write_dicom: Writer, stored_ct: np.ndarray) -> None:
    inverted = write_dicom("a.dcm", stored_ct, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_allclose(read_slice(inverted).raw, stored_ct.astype(float) - 1024, atol=1e-3)


def test_spacing_position_and_identifiers_come_from_the_header(
    write_dicom: Writer, stored_ct: np.ndarray
) -> None:
    path = write_dicom("a.dcm", stored_ct, SOPInstanceUID="1.2.3", ImagePositionPatient=[5, 6, -70.5])
    acquisition = read_slice(path).acquisition
    assert acquisition.spacing == (0.8, 0.7)
    assert acquisition.position == pytest.approx(-70.5)
    assert acquisition.source.instance_uid == "1.2.3"
    assert acquisition.source.series_uid == pydicom.dcmread(path).SeriesInstanceUID
    assert not acquisition.synthetic


def test_nothing_of_the_person_is_kept(write_dicom: Writer, stored_ct: np.ndarray) -> None:
    everything = repr(read_slice(write_dicom("a.dcm", stored_ct)).acquisition)
    assert "Doe" not in everything
    assert "4711" not in everything


def test_a_picture_marked_as_synthetic_stays_so(write_dicom: Writer, stored_ct: np.ndarray) -> None:
    assert read_slice(write_dicom("a.dcm", stored_ct, SyntheticData="YES")).acquisition.synthetic


def test_detector_spacing_stands_in_for_a_missing_pixel_spacing(
    write_dicom: Writer, stored_ct: np.ndarray
) -> None:
    path = write_dicom("a.dcm", stored_ct, PixelSpacing=None, ImagerPixelSpacing=[0.5, 0.6])
    assert read_slice(path).spacing == (0.5, 0.6)


def test_ct_opens_with_the_lung_window_and_mr_with_its_own(
    write_dicom: Writer, stored_ct: np.ndarray
) -> None:
    lung = read_slice(write_dicom("a.dcm", stored_ct)).acquisition.windows[0]
    assert (lung.name, lung.centre, lung.width) == ("lung", -550, 1500)
    stored = np.arange(1000, 2000, dtype=np.uint16).reshape(20, 50)
    mr = read_slice(write_dicom("b.dcm", stored, modality="MR"))
    opening = mr.acquisition.windows[0]
    assert opening.centre == pytest.approx(1500, abs=1)
    assert opening.width == pytest.approx(980, abs=2)
    assert mr.display()[0, 0] == 0
    assert mr.display()[-1, -1] == 255


@pytest.mark.parametrize(("name", "modality"), [("ct", "CT"), ("mr", "MR"), ("overlay", "MR")])
def test_pictures_of_real_scanners_are_read(name: str, modality: str) -> None:
    picture = read_slice(examples.get_path(name))
    dataset = pydicom.dcmread(examples.get_path(name))
    assert picture.acquisition.modality == modality
    assert picture.shape == (dataset.Rows, dataset.Columns)
    # Brighter in the file is brighter here, whatever was clipped or filled.
    order = np.argsort(dataset.pixel_array.ravel(), kind="stable")
    kept = dataset.pixel_array.ravel()[order] > 0
    assert (np.diff(picture.pixels.ravel()[order][kept]) >= 0).all()


@given(stored=arrays(np.int16, (3, 5)), intercept=st.integers(-3000, 3000), slope=st.floats(0.1, 10))
def test_any_ct_keeps_its_promises(
    tmp_path_factory: pytest.TempPathFactory, stored: np.ndarray, intercept: int, slope: float
) -> None:
    """Pixels are in the scale, and what was in the scanner's range comes back in HU."""
    dataset = pydicom.dcmread(examples.get_path("ct"))
    dataset.set_pixel_data(stored, "MONOCHROME2", 16, generate_instance_uid=False)
    del dataset.PixelPaddingValue
    dataset.RescaleSlope, dataset.RescaleIntercept = round(slope, 4), intercept
    path = tmp_path_factory.getbasetemp() / "any.dcm"
    dataset.save_as(path)
    raw = read_slice(path).raw
    expected = stored.astype(float) * round(slope, 4) + intercept
    inside = (expected >= -1023.5) & (expected <= 2048)
    np.testing.assert_allclose(raw[inside], expected[inside], atol=0.02)
    assert (raw[expected < -1024.5] == -1000).all()
    assert (raw[expected > 2048] == 2048).all()


def test_the_error_names_file_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Remember the milk.")
    with pytest.raises(UnreadableSlice, match=r"notes\.txt: not a DICOM file") as caught:
        read_slice(path)
    assert caught.value.problem.path == path
