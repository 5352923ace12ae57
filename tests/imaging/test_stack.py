"""How slices lie to each other: spacing, tilt, remarks, cine order, and the volume that they make."""

from collections.abc import Callable, Sequence
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from u3edu.imaging.geometry import Plane
from u3edu.imaging.problem import NoVolume
from u3edu.imaging.series import Series, read_series
from u3edu.imaging.stack import measure_stack

Writer = Callable[..., Path]

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def planes(heights: Sequence[float], shift: float = 0.0) -> list[Plane]:
    """Axial planes, each shifted backwards against the one before."""
    return [Plane((0.0, shift * index, height), *AXIAL) for index, height in enumerate(heights)]


@pytest.fixture
def series_of(write_dicom: Writer, tmp_path: Path) -> Callable[..., Series]:
    """Write one slice for each header and read them as a series."""

    def make(headers: Sequence[dict[str, object]]) -> Series:
        for index, header in enumerate(headers):
            stored = np.arange(24, dtype=np.uint16).reshape(4, 6) + np.uint16(1000 + 50 * index)
            write_dicom(f"{index}.dcm", stored, **header)
        return read_series(tmp_path)

    return make


def test_even_slices_have_one_spacing_and_no_remark() -> None:
    stack = measure_stack(planes([0, 2.5, 5, 7.5]))
    assert stack.spacing == pytest.approx(2.5)
    assert (stack.obstacle, stack.remarks, stack.tilt) == ("", (), 0)


def test_rounded_positions_are_even() -> None:
    assert measure_stack(planes([round(index * 0.6251, 2) for index in range(40)])).obstacle == ""


def test_a_missing_slice_is_said_with_its_place() -> None:
    stack = measure_stack(planes([0, 2, 4, 8, 10]))
    assert stack.spacing is None
    assert "unequal slice distances, 2.00 to 4.00 mm" in stack.remarks[0]
    assert "4.00 mm after slice 3" in stack.obstacle


@given(degrees=st.floats(1, 30), gap=st.floats(0.5, 8))
def test_gantry_tilt_is_measured(degrees: float, gap: float) -> None:
    shift = gap * np.tan(np.radians(degrees))
    stack = measure_stack(planes([gap * index for index in range(6)], shift))
    assert stack.tilt == pytest.approx(degrees, abs=1e-3)
    assert stack.spacing == pytest.approx(gap)
    assert any("gantry tilt" in remark for remark in stack.remarks)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ([Plane((0, 0, 0), *AXIAL), Plane((0, 0, 2), (1, 0, 0), (0, 0, -1))], "not parallel"),
        ([Plane((0, 0, 0), *AXIAL), Plane((0, 0, 2), (0, 1, 0), (-1, 0, 0))], "turned against each other"),
        (planes([0, 0, 2]), "in one place"),
        ([Plane((0, 0, 0), *AXIAL), None], "1 of 2 slices don't say where"),
        ([None, None], "don't say where"),
        (planes([0]), "one slice alone"),
        (
            [Plane((0, y, 2.0 * z), *AXIAL) for z, y in enumerate([0.0, 9.0, 0.0, 0.0])],
            "sideways unevenly",
        ),
    ],
)
def test_what_is_no_volume_says_why(which: list[Plane | None], words: str) -> None:
    stack = measure_stack(which)
    assert words in stack.obstacle
    assert stack.step is None


def test_oblique_planes_are_said(series_of: Callable[..., Series]) -> None:
    tilted = np.radians(20)
    orientation = [1, 0, 0, 0, np.cos(tilted), np.sin(tilted)]
    headers = [
        {
            "ImageOrientationPatient": [round(float(x), 6) for x in orientation],
            "ImagePositionPatient": [
                round(float(x), 4) for x in (0, -3 * index * np.sin(tilted), 3 * index * np.cos(tilted))
            ],
        }
        for index in range(3)
    ]
    series = series_of(headers)
    assert series.stack.remarks == ("oblique, 20 degrees from axial",)
    assert series.stack.spacing == pytest.approx(3, abs=1e-3)
    assert series.volume().tilt == pytest.approx(0, abs=0.01)


def test_a_voxel_of_the_volume_lies_where_its_pixel_does(series_of: Callable[..., Series]) -> None:
    """Reference: the equation of DICOM PS3.3 C.7.6.2.1.1, written out for one pixel."""
    series = series_of([{"ImagePositionPatient": [-10, 20 + index, 3 * index]} for index in range(4)])
    volume = series.volume()
    index, row, column = 2, 3, 5
    assert volume.values[index, row, column] == series[index].raw[row, column]
    header = np.array([-10 + column * 0.7, 20 + index + row * 0.8, 3 * index])
    np.testing.assert_allclose((volume.affine @ [index, row, column, 1])[:3], header, atol=1e-6)
    assert volume.spacing == pytest.approx((3, 0.8, 0.7))
    assert volume.tilt == pytest.approx(np.degrees(np.arctan(1 / 3)), abs=1e-3)
    assert repr(volume) == "Volume(4 x 4 x 6, 3 x 0.8 x 0.7 mm, tilted by 18.4 degrees)"


def test_slices_of_two_sizes_are_no_volume(series_of: Callable[..., Series]) -> None:
    series = series_of([{"ImagePositionPatient": [0, 0, z], "PixelSpacing": [0.8, 0.7 + z]} for z in (0, 1)])
    with pytest.raises(NoVolume, match="differ in size or pixel spacing"):
        series.volume()


def test_an_uneven_series_is_no_volume_and_says_why(series_of: Callable[..., Series]) -> None:
    series = series_of([{"ImagePositionPatient": [0, 0, z]} for z in (0, 1, 5)])
    with pytest.raises(NoVolume, match="unequal slice distances"):
        series.volume()


@pytest.mark.parametrize(
    ("orientation", "axis", "first"),
    [
        ([1, 0, 0, 0, 1, 0], 2, 30),  # axial: the head, where z is largest
        ([1, 0, 0, 0, 0, -1], 1, 0),  # coronal: the front, where y is smallest
        ([0, 1, 0, 0, 0, -1], 0, 0),  # sagittal: the patient's right, where x is smallest
    ],
)
def test_cine_runs_as_a_reader_scrolls(
    series_of: Callable[..., Series], orientation: list[float], axis: int, first: float
) -> None:
    positions = [[0.0, 0.0, 0.0] for _ in range(4)]
    for index, position in enumerate(positions):
        position[axis] = 10.0 * index
    series = series_of(
        [{"ImageOrientationPatient": orientation, "ImagePositionPatient": position} for position in positions]
    )
    plane = series.cine()[0].acquisition.plane
    assert plane is not None
    assert plane.corner[axis] == first
    assert sorted(map(id, series.cine())) == sorted(map(id, series))


def test_cine_of_slices_without_places_is_as_they_are_numbered(series_of: Callable[..., Series]) -> None:
    series = series_of([{"ImagePositionPatient": None, "InstanceNumber": 9 - index} for index in range(3)])
    assert series.cine() == series.slices


def test_an_oblique_volume_lies_where_highdicom_puts_it(
    series_of: Callable[..., Series], tmp_path: Path
) -> None:
    tilted = np.radians(20)
    normal = np.array([0, -np.sin(tilted), np.cos(tilted)])
    volume = series_of(
        [
            {
                "ImageOrientationPatient": [1, 0, 0, 0, round(np.cos(tilted), 8), round(np.sin(tilted), 8)],
                "ImagePositionPatient": [round(float(x), 6) for x in 3 * index * normal + [7, 8, 9]],
                "FrameOfReferenceUID": "1.2.3",
                "StudyInstanceUID": "1.2.4",
            }
            for index in range(4)
        ]
    ).volume()
    files = [pydicom.dcmread(path) for path in sorted(tmp_path.glob("*.dcm"))]
    reference = highdicom.get_volume_from_series(files)
    if np.dot(reference.affine[:3, 0], volume.affine[:3, 0]) < 0:  # it counts slices from the other end
        reference = reference.flip_spatial(0)
    np.testing.assert_allclose(volume.affine, reference.affine, atol=1e-4)
    np.testing.assert_allclose(volume.values, reference.array.astype(float), atol=1e-3)
