"""A folder of files to one Series in anatomical order."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import examples

from u3edu.imaging.coil_field import AMPLITUDES
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.geometry import slice_plane
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.problem import UnreadableFileWarning, UnreadableSeries
from u3edu.imaging.series import read_files, read_series

Writer = Callable[..., Path]


def flat(value: int) -> np.ndarray:
    """uint16 [4, 6] of one value."""
    return np.full((4, 6), value, np.uint16)


def levels(folder: Path) -> list[int]:
    """The HU of each slice of constant pictures, in order."""
    return [round(float(picture.raw[0, 0])) for picture in read_series(folder)]


def test_slices_lie_in_order_of_position_whatever_their_names_and_numbers(
    write_dicom: Writer, tmp_path: Path
) -> None:
    order = list(range(8))
    random.Random(3).shuffle(order)
    for name, index in enumerate(order):
        write_dicom(
            f"{name}.dcm",
            flat(1024 + index),
            ImagePositionPatient=[0, 0, index * 2.5],
            InstanceNumber=8 - index,
        )
    assert levels(tmp_path) == list(range(8))
    assert [picture.acquisition.position for picture in read_series(tmp_path)] == [i * 2.5 for i in range(8)]


def test_oblique_slices_are_ordered_along_their_normal(write_dicom: Writer, tmp_path: Path) -> None:
    # Coronal slices tilted by 30 degrees: z falls while the position along the normal rises.
    rows, columns = np.array([1.0, 0, 0]), np.array([0, -0.5, np.sqrt(3) / 2])
    normal = np.cross(rows, columns)
    for index in range(5):
        corner = index * 3.0 * normal + index * 10 * columns
        write_dicom(
            f"{4 - index}.dcm",
            flat(1024 + index),
            ImageOrientationPatient=[float(f"{part:.6f}") for part in [*rows, *columns]],
            ImagePositionPatient=[float(f"{part:.6f}") for part in corner],
            InstanceNumber=9 - index,
        )
    assert levels(tmp_path) == [0, 1, 2, 3, 4]
    positions = [picture.acquisition.position for picture in read_series(tmp_path)]
    assert positions == pytest.approx([0, 3, 6, 9, 12], abs=1e-3)


@given(
    angles=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
    gaps=st.lists(st.floats(0.5, 9), min_size=2, max_size=5),
)
def test_any_orientation_is_ordered_by_distance_along_the_normal(
    angles: tuple[float, float], gaps: list[float]
) -> None:
    (a, b), heights = angles, np.cumsum(gaps)
    rows = np.array([np.cos(a), np.sin(a), 0])
    columns = np.array([-np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), np.sin(b)])
    for height in heights:
        dataset = pydicom.Dataset()
        dataset.ImageOrientationPatient = [f"{part:.8f}" for part in [*rows, *columns]]
        dataset.ImagePositionPatient = [f"{part:.8f}" for part in height * np.cross(rows, columns) + 7 * rows]
        plane = slice_plane(dataset)
        assert plane is not None
        assert plane.position == pytest.approx(height, abs=1e-4)


def test_without_positions_the_scanner_numbers_the_slices(write_dicom: Writer, tmp_path: Path) -> None:
    for index in range(12):
        write_dicom(
            f"{11 - index}.dcm", flat(1024 + index), ImagePositionPatient=None, InstanceNumber=index + 1
        )
    assert levels(tmp_path) == list(range(12))
    assert read_series(tmp_path)[0].acquisition.position is None


def test_slices_of_different_orientation_are_ordered_by_number(write_dicom: Writer, tmp_path: Path) -> None:
    planes = [[1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1]]
    for index, plane in enumerate(planes):
        write_dicom(
            f"{2 - index}.dcm",
            flat(1024 + index),
            ImageOrientationPatient=plane,
            ImagePositionPatient=[50 - 90 * index] * 3,
            InstanceNumber=index + 1,
        )
    assert levels(tmp_path) == [0, 1, 2]


def test_slices_at_one_position_are_ordered_by_number(write_dicom: Writer, tmp_path: Path) -> None:
    for index in range(3):
        write_dicom(f"{2 - index}.dcm", flat(1024 + index), InstanceNumber=index + 1)
    assert levels(tmp_path) == [0, 1, 2]


def test_one_scale_and_one_window_hold_for_a_whole_mr_series(write_dicom: Writer, tmp_path: Path) -> None:
    ramp = np.linspace(0, 1000, 2000).astype(np.uint16).reshape(40, 50)
    for index, gain in enumerate((1, 2)):
        position = [0, 0, index]
        write_dicom(f"{index}.dcm", ramp * np.uint16(gain), modality="MR", ImagePositionPatient=position)
    dim, bright = read_series(tmp_path)
    assert dim.acquisition.scale == bright.acquisition.scale
    assert dim.acquisition.windows == bright.acquisition.windows
    assert dim.pixels.max() == pytest.approx(0, abs=0.01)
    assert bright.pixels.max() == 1
    assert read_slice(tmp_path / "0.dcm").pixels.max() == 1  # alone, it is its own series


def write_pelvis(write_dicom: Writer, **changes: list[object]) -> None:
    """Three slices of MR; `changes` are attributes, a value for each slice."""
    signal = pelvic_phantom(0).picture.raw[::2, ::2]
    for index in range(3):
        attributes = {"ImagePositionPatient": [0, 0, index * 3.0], "InstanceNumber": index + 1}
        attributes |= {name: values[index] for name, values in changes.items()}
        pixels = (signal / signal.max() * (400 + 100 * index)).astype(np.uint16)
        write_dicom(f"{index}.dcm", pixels, modality="MR", **attributes)


def test_slices_of_mr_know_the_coil_field_of_their_series(write_dicom: Writer, tmp_path: Path) -> None:
    write_pelvis(write_dicom)
    fields = [picture.acquisition.coil_field for picture in read_series(tmp_path)]
    assert all(field is not None and len(field) == AMPLITUDES for field in fields)
    assert fields[0][0] < fields[1][0] < fields[2][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"ImageOrientationPatient": [[1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1]]},
        {"PixelSpacing": [[0.5, 0.5], [0.5, 0.5], [0.7, 0.7]]},
    ],
    ids=["in three directions", "of two sizes"],
)
def test_slices_that_are_no_stack_have_no_field_in_common(
    write_dicom: Writer, tmp_path: Path, changes: dict[str, list[object]]
) -> None:
    write_pelvis(write_dicom, **changes)
    assert {picture.acquisition.coil_field for picture in read_series(tmp_path)} == {None}


def test_a_series_is_a_sequence_of_its_slices(write_dicom: Writer, tmp_path: Path) -> None:
    for index in range(3):
        write_dicom(f"{index}.dcm", flat(1024 + index), ImagePositionPatient=[0, 0, index])
    series = read_series(tmp_path)
    assert len(series) == 3
    assert list(series) == [series[0], series[1], series[2]]
    assert series[1:] == (series[1], series[2])
    assert repr(series) == "Series(CT, 3 slices, 'made for a test')"


def test_several_series_are_listed_and_one_can_be_chosen(write_dicom: Writer, tmp_path: Path) -> None:
    write_dicom("a/1.dcm", flat(1024), SeriesInstanceUID="1.2.3", SeriesDescription="plain")
    write_dicom("b/1.dcm", flat(1025), SeriesInstanceUID="1.2.4", SeriesDescription="contrast")
    with pytest.raises(UnreadableSeries, match="choose one with series=") as caught:
        read_series(tmp_path)
    assert '1.2.3  CT, 1 slice, "plain"' in str(caught.value)
    assert '1.2.4  CT, 1 slice, "contrast"' in str(caught.value)
    assert read_series(tmp_path, series="1.2.4").description == "contrast"
    with pytest.raises(UnreadableSeries, match=re.escape("no series 9.9; there is\n  1.2")):
        read_series(tmp_path, series="9.9")


def test_files_that_cannot_be_read_are_left_out_with_a_warning(write_dicom: Writer, tmp_path: Path) -> None:
    for index in range(3):
        write_dicom(f"{index}.dcm", flat(1024 + index), ImagePositionPatient=[0, 0, index])
    cut = tmp_path / "1.dcm"
    cut.write_bytes(cut.read_bytes()[:-8])
    (tmp_path / "notes.txt").write_text("Remember the milk.")
    with pytest.warns(UnreadableFileWarning) as caught:
        series = read_series(tmp_path)
    assert [round(float(picture.raw[0, 0])) for picture in series] == [0, 2]
    assert "notes.txt: not a DICOM file" in str(caught[0].message)
    assert "1.dcm: cut short" in str(caught[0].message)
    assert [problem.path for problem in series.problems] == [cut]


def test_a_folder_without_slices_says_what_it_holds_instead(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSeries, match="no CT or MR slices"):
        read_series(tmp_path)
    (tmp_path / "notes.txt").write_text("Remember the milk.")
    with pytest.raises(UnreadableSeries, match=r"notes\.txt: not a DICOM file"):
        read_series(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        read_series(tmp_path / "nothing")


def test_a_series_of_which_nothing_can_be_read_is_an_error(write_dicom: Writer, tmp_path: Path) -> None:
    path = write_dicom("1.dcm", flat(0))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UnreadableSeries, match=r"1\.dcm: cut short"):
        read_series(tmp_path)


def test_one_file_is_a_series_too() -> None:
    assert repr(read_series(examples.get_path("ct"))).startswith("Series(CT, 1 slice")


def test_a_scan_reads_headers_and_passes_over_what_discs_carry(write_dicom: Writer, tmp_path: Path) -> None:
    write_dicom("deep/er/1.dcm", flat(0))
    for name in ("DICOMDIR", ".DS_Store", "deep/.hidden"):
        (tmp_path / name).write_bytes(b"index")
    scan = scan_folder(tmp_path)
    assert [str(series) for series in scan.series] == [
        '1.2.826.0.1.3680043.8.498.1  CT, 1 slice, "made for a test"'
    ]
    assert scan.problems == ()
    assert len(read_files(scan.series[0])) == 1


def test_a_second_copy_of_a_picture_is_named_and_left_out(write_dicom: Writer, tmp_path: Path) -> None:
    first = write_dicom("a.dcm", flat(0))
    (tmp_path / "b.dcm").write_bytes(first.read_bytes())
    scan = scan_folder(tmp_path)
    assert len(scan.series[0]) == 1
    assert "second copy" in scan.problems[0].reason
    assert str(first) in scan.problems[0].reason


def test_a_link_to_nowhere_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "gone.dcm").symlink_to(tmp_path / "nothing")
    assert "No such file" in scan_folder(tmp_path).problems[0].reason


def test_a_link_to_a_folder_is_named_and_not_followed(write_dicom: Writer, tmp_path: Path) -> None:
    write_dicom("elsewhere/a.dcm", flat(0))
    opened = tmp_path / "opened"
    opened.mkdir()
    (opened / "patient").symlink_to(tmp_path / "elsewhere")
    (opened / "round").symlink_to(opened)
    scan = scan_folder(opened)
    assert scan.series == ()
    assert [(problem.path.name, problem.reason) for problem in scan.problems] == [
        ("patient", "a link to a folder, not followed; open that folder"),
        ("round", "a link to a folder, not followed; open that folder"),
    ]
