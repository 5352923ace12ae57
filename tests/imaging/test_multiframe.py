"""Enhanced multi-frame CT and MR: every frame a slice, with what its functional groups say."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from tests.imaging.conftest import dicom_file
from tests.imaging.pictures import enhanced_file, transcoded
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.problem import UnreadableFileWarning, UnreadableSeries, UnreadableSlice
from u3edu.imaging.series import read_series


@pytest.fixture
def frames() -> np.ndarray:
    """uint16 [4, 5, 6]: each frame its own values, none the same when flipped or transposed."""
    return np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6) * 10


def test_frames_are_slices_in_order_of_position(frames: np.ndarray, tmp_path: Path) -> None:
    heights = [6.0, 0.0, 2.0, 4.0]
    path = enhanced_file(tmp_path / "e.dcm", frames, positions=[[1, 2, height] for height in heights])
    series = read_series(path)
    assert [picture.acquisition.position for picture in series] == [0, 2, 4, 6]
    for picture, index in zip(series, np.argsort(heights), strict=True):
        np.testing.assert_allclose(picture.raw, frames[index].astype(float) - 1024, atol=1e-3)
        assert picture.spacing == (0.8, 0.7)
    assert series.stack.spacing == pytest.approx(2)


def test_a_multi_frame_file_reads_as_the_same_slices_one_a_file(frames: np.ndarray, tmp_path: Path) -> None:
    """The independent reference: classic files of the same pixels and positions."""
    one = read_series(enhanced_file(tmp_path / "e.dcm", frames))
    for index, stored in enumerate(frames):
        dicom_file(tmp_path / "classic" / f"{index}.dcm", stored, ImagePositionPatient=[0, 0, 2.0 * index])
    other = read_series(tmp_path / "classic")
    assert one.planes == other.planes
    for picture, twin in zip(one, other, strict=True):
        np.testing.assert_array_equal(picture.pixels, twin.pixels)


def test_each_frame_has_its_own_rescale(frames: np.ndarray, tmp_path: Path) -> None:
    rescale = [(1, -1024), (2, -1000), (1, 0), (0.5, -200)]
    series = read_series(enhanced_file(tmp_path / "e.dcm", frames, rescale=rescale))
    for picture, stored, (slope, intercept) in zip(series, frames, rescale, strict=True):
        np.testing.assert_allclose(picture.raw, stored.astype(float) * slope + intercept, atol=1e-3)


def test_orientation_may_stand_in_each_frame(frames: np.ndarray, tmp_path: Path) -> None:
    coronal = (1, 0, 0, 0, 0, -1)
    positions = [[0, 3.0 * index, 0] for index in range(4)]
    for own in (False, True):
        path = tmp_path / f"{own}.dcm"
        enhanced_file(
            path, frames, positions=positions, orientation=coronal, modality="MR", per_frame_orientation=own
        )
        plane = read_series(path).planes[1]
        assert plane is not None
        assert (plane.view, plane.position) == ("coronal", pytest.approx(3))


def test_frames_of_several_stacks_are_several_series(frames: np.ndarray, tmp_path: Path) -> None:
    path = enhanced_file(tmp_path / "e.dcm", frames, stacks=["1", "1", "2", "2"])
    scan = scan_folder(tmp_path)
    assert [len(one) for one in scan.series] == [2, 2]
    uid = scan.series[0].series_uid
    assert [one.identifier for one in scan.series] == [f"{uid}/1", f"{uid}/2"]
    with pytest.raises(UnreadableSeries, match=f"{uid}/2"):
        read_series(path)
    with pytest.raises(UnreadableSeries, match="there is"):
        read_series(path, uid)
    second = read_series(path, f"{uid}/2")
    np.testing.assert_allclose(second[0].raw, frames[2].astype(float) - 1024, atol=1e-3)


def test_frames_in_one_place_at_several_times_are_several_stacks(frames: np.ndarray, tmp_path: Path) -> None:
    positions = [[0, 0, 0], [0, 0, 0], [0, 0, 2], [0, 0, 2]]
    enhanced_file(tmp_path / "e.dcm", frames, modality="MR", positions=positions, times=[1, 2, 1, 2])
    first, second = scan_folder(tmp_path).series
    assert [file.frame for file in first.files] == [0, 2]
    assert [file.frame for file in second.files] == [1, 3]


def test_compressed_frames_are_the_same(frames: np.ndarray, tmp_path: Path) -> None:
    path = enhanced_file(tmp_path / "e.dcm", frames)
    plain = read_series(path)
    path.write_bytes(transcoded(path, RLELossless))
    for picture, twin in zip(read_series(path), plain, strict=True):
        np.testing.assert_array_equal(picture.pixels, twin.pixels)


def test_localizer_frames_are_left_out_and_named(frames: np.ndarray, tmp_path: Path) -> None:
    kinds = ["LOCALIZER", "VOLUME", "VOLUME", "LOCALIZER"]
    enhanced_file(tmp_path / "e.dcm", frames, frame_types=kinds)
    scan = scan_folder(tmp_path)
    assert [file.frame for file in scan.series[0].files] == [1, 2]
    assert "frames 1, 4: localizers" in scan.problems[0].reason


def test_a_single_frame_of_an_enhanced_file_is_a_slice(frames: np.ndarray, tmp_path: Path) -> None:
    picture = read_slice(enhanced_file(tmp_path / "e.dcm", frames[:1]))
    np.testing.assert_allclose(picture.raw, frames[0].astype(float) - 1024, atol=1e-3)


def test_a_frame_without_hounsfield_units_is_named_and_the_others_are_read(
    frames: np.ndarray, tmp_path: Path
) -> None:
    path = enhanced_file(tmp_path / "e.dcm", frames, rescale=[(1, 0), (0, 0), (1, 0), (1, 0)])
    with pytest.warns(UnreadableFileWarning, match="frame 2: CT without RescaleSlope"):
        assert len(read_series(path)) == 3


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"NumberOfFrames": 9}, "claims 9 frames and describes 4"),
        ({"NumberOfFrames": 10**6}, "claims 1000000 frames"),
        ({"PixelData": b"\0" * 100}, "100 of 240 bytes"),
    ],
)
def test_what_contradicts_itself_is_refused(
    frames: np.ndarray, tmp_path: Path, header: dict[str, object], words: str
) -> None:
    path = enhanced_file(tmp_path / "e.dcm", frames, **header)
    with pytest.raises(UnreadableSeries, match=words):
        read_series(path)


def test_a_file_of_frames_is_no_single_slice(frames: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSlice, match=r"4 frames.*read_series"):
        read_slice(enhanced_file(tmp_path / "e.dcm", frames))
