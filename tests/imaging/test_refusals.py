"""Files that are no slice are refused, each with the reason that a person needs."""

import contextlib
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import examples
from pydicom.data import get_testdata_file
from pydicom.pixels import get_decoder
from pydicom.uid import (
    EnhancedMRImageStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    JPEGLSLossless,
    RTStructureSetStorage,
    SecondaryCaptureImageStorage,
    SegmentationStorage,
)

from u3edu.imaging.dicom import read_slice
from u3edu.imaging.header import picture_files
from u3edu.imaging.problem import UnreadableSlice

Writer = Callable[..., Path]


def reason(path: Path) -> str:
    with pytest.raises(UnreadableSlice) as caught:
        read_slice(path)
    assert str(caught.value).startswith(f"{path}: ")
    return caught.value.problem.reason


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localizer"),
        ({"SOPClassUID": SecondaryCaptureImageStorage}, "Secondary Capture"),
        ({"SOPClassUID": EnhancedMRImageStorage, "NumberOfFrames": 30}, "claims 30 frames and describes 0"),
        ({"NumberOfFrames": 2}, r"multi-frame picture \(2 frames.*read_series"),
        ({"NumberOfFrames": 10**9}, "claims 1000000000 frames"),
        ({"Modality": "PT"}, "modality PT"),
        ({"Modality": None}, "Modality is missing"),
        ({"PixelSpacing": None}, "PixelSpacing"),
        ({"PixelSpacing": [0, 0.7]}, "PixelSpacing"),
        ({"RescaleSlope": None}, "RescaleSlope"),
        ({"RescaleIntercept": None}, "RescaleIntercept"),
        ({"RescaleSlope": 0}, "RescaleSlope"),
        ({"RescaleType": "Z_EFF"}, "not Hounsfield units.*Z_EFF"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "not a grey picture.*PALETTE COLOR"),
        ({"Rows": None}, "Rows"),
        ({"Rows": 60000, "Columns": 60000}, "60000 x 60000"),
        ({"PixelData": None}, "no pixel data"),
        ({"BitsAllocated": 12}, "cannot be decoded|damaged"),
    ],
)
def test_the_reason_is_said(
    write_dicom: Writer, stored_ct: np.ndarray, header: dict[str, Any], words: str
) -> None:
    assert re.search(words, reason(write_dicom("a.dcm", stored_ct, **header)))


@pytest.mark.parametrize(
    ("kind", "modality", "words"),
    [
        (RTStructureSetStorage, "RTSTRUCT", "RT Structure Set"),
        (SegmentationStorage, "SEG", "Segmentation"),
        (GrayscaleSoftcopyPresentationStateStorage, "PR", "Presentation State"),
    ],
)
def test_objects_that_are_no_picture_are_named(
    write_dicom: Writer, kind: str, modality: str, words: str
) -> None:
    path = write_dicom("a.dcm", None, SOPClassUID=kind, Modality=modality)
    assert words in reason(path)
    assert modality in reason(path)


def test_a_report_is_named() -> None:
    assert "SR" in reason(Path(str(get_testdata_file("reportsi.dcm"))))


def test_colour_is_refused(write_dicom: Writer) -> None:
    stored = np.zeros((4, 5, 3), np.uint8)
    path = write_dicom("a.dcm", stored, PhotometricInterpretation="RGB", PlanarConfiguration=0)
    assert "not a grey picture" in reason(path)


def test_missing_files_folders_and_empty_files_are_told_apart(tmp_path: Path) -> None:
    assert "No such file" in reason(tmp_path / "nothing.dcm")
    assert "read_series" in reason(tmp_path)
    empty = tmp_path / "empty.dcm"
    empty.touch()
    assert "empty" in reason(empty)


def test_a_file_without_preamble_is_refused() -> None:
    assert "no DICM marker" in reason(Path(str(get_testdata_file("no_meta.dcm"))))


def test_a_truncated_file_says_how_much_is_missing(write_dicom: Writer, stored_ct: np.ndarray) -> None:
    path = write_dicom("a.dcm", stored_ct)
    path.write_bytes(path.read_bytes()[:-10])
    assert "38 of 48 bytes" in reason(path)


def test_compressed_pixels_without_a_decoder_name_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_decoder(JPEGLSLossless), "_available", {})
    words = reason(Path(str(get_testdata_file("MR_small_jpeg_ls_lossless.dcm"))))
    assert "JPEG-LS" in words
    assert "pip install 'u3edu[dicom]'" in words


def test_a_picture_of_no_series_is_refused_by_the_scan_alone(
    write_dicom: Writer, stored_ct: np.ndarray
) -> None:
    path = write_dicom("a.dcm", stored_ct, SeriesInstanceUID=None)
    assert read_slice(path).shape == (4, 6)
    with pytest.raises(UnreadableSlice, match="SeriesInstanceUID"):
        picture_files(path)


@pytest.mark.parametrize(
    "header",
    [
        {"RescaleType": "Doe^Jane"},
        {"Modality": "Doe^Jane"},
        {"PhotometricInterpretation": "Doe^Jane"},
    ],
)
def test_a_refusal_does_not_quote_what_may_name_the_person(
    write_dicom: Writer, stored_ct: np.ndarray, header: dict[str, Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = write_dicom("a.dcm", stored_ct, **header)
        with pytest.raises(UnreadableSlice) as caught:
            read_slice(path)
    assert "Doe" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_control_characters_of_a_header_do_not_reach_the_terminal(
    write_dicom: Writer, stored_ct: np.ndarray
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = write_dicom("a.dcm", stored_ct, SeriesDescription="a\x1b[31mb")
        description = picture_files(path)[0][0].description
    assert description.startswith("a")
    assert description.isprintable()


def saved(dataset: pydicom.Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_damage_ends_in_anything_but_a_slice_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(saved(pydicom.dcmread(examples.get_path("mr"))))
    for _ in range(data.draw(st.integers(1, 6))):
        # Most of the header lies in the first 1700 bytes.
        whole[data.draw(st.integers(128, 1700))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.dcm"
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    # Any other exception fails the test.
    with warnings.catch_warnings(), contextlib.suppress(UnreadableSlice):
        warnings.simplefilter("ignore")
        assert np.isfinite(read_slice(path).pixels).all()
