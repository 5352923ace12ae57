"""A label map as a DICOM segmentation: labels, names, colours and place come back."""

import shutil
import subprocess
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom import Dataset
from skimage.color import lab2rgb

from tests.imaging.export.conftest import ELEMENTS
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.export.derived import derived_series
from u3edu.imaging.export.segmentation import label_segmentation
from u3edu.imaging.slice import Slice


@pytest.fixture
def image(picture: Slice, source: Dataset) -> Dataset:
    return derived_series([picture], source=source)[0]


@pytest.fixture(params=[False, True], ids=["LABELMAP", "BINARY"])
def path(request: pytest.FixtureRequest, label_map: LabelMap, image: Dataset, tmp_path: Path) -> Path:
    segmentation = label_segmentation(label_map, image, model="pelvic-mri", binary=request.param)
    segmentation.save_as(tmp_path / "elements.dcm")
    return tmp_path / "elements.dcm"


def labels_in(path: Path) -> np.ndarray:
    """The model's labels as highdicom reads them."""
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    return volume.array[0].astype(int) - 1


def test_highdicom_reads_back_the_labels(path: Path, label_map: LabelMap) -> None:
    np.testing.assert_array_equal(labels_in(path), label_map.labels)


def test_a_flipped_or_transposed_label_map_is_caught(
    label_map: LabelMap, image: Dataset, tmp_path: Path
) -> None:
    for turned in (np.flipud, np.fliplr):
        other = label_map.with_labels(turned(label_map.labels))
        label_segmentation(other, image, model="pelvic-mri").save_as(tmp_path / "turned.dcm")
        assert (labels_in(tmp_path / "turned.dcm") != label_map.labels).any()
    assert label_map.labels.T.shape != label_map.shape  # a transposed one doesn't even fit:
    with pytest.raises(ValueError, match=r"\(128, 96\)"):
        label_segmentation(LabelMap(label_map.labels.T, ELEMENTS, label_map.acquisition), image, model="a")


def test_pydicom_reads_the_same_labels_without_highdicom(
    label_map: LabelMap, image: Dataset, tmp_path: Path
) -> None:
    label_segmentation(label_map, image, model="pelvic-mri").save_as(tmp_path / "a.dcm")
    dataset = pydicom.dcmread(tmp_path / "a.dcm")
    assert dataset.SegmentationType == "LABELMAP" and dataset.BitsAllocated == 8
    np.testing.assert_array_equal(dataset.pixel_array.reshape(label_map.shape), label_map.labels + 1)


def test_the_labels_lie_where_the_picture_lies(path: Path, image: Dataset, picture: Slice) -> None:
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    corner = volume.map_indices_to_reference(np.array([[0, 0, 0], [0, 95, 127]]))
    np.testing.assert_allclose(corner[0], image.ImagePositionPatient, atol=1e-4)
    plane = picture.acquisition.plane
    assert plane is not None
    far = (
        np.array(plane.corner)
        + 95 * 0.8 * np.array(plane.along_column)
        + 127 * 0.6 * np.array(plane.along_row)
    )
    np.testing.assert_allclose(corner[1], far, atol=1e-3)
    dataset = pydicom.dcmread(path)
    assert dataset.FrameOfReferenceUID == image.FrameOfReferenceUID
    referenced = dataset.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0]
    assert referenced.ReferencedSOPInstanceUID == image.SOPInstanceUID


def test_names_and_colours_are_the_elements(path: Path) -> None:
    segments = [one for one in pydicom.dcmread(path).SegmentSequence if one.SegmentNumber > 0]
    assert [one.SegmentLabel for one in segments] == [element.name for element in ELEMENTS]
    for segment, element in zip(segments, ELEMENTS, strict=True):
        lightness, a, b = segment.RecommendedDisplayCIELabValue
        # PS3.3 C.10.7.1.1: scaled to 16 bits; scikit-image leads back to sRGB (white of D65).
        lab = [lightness / 65535 * 100, a / 65535 * 255 - 128, b / 65535 * 255 - 128]
        shown = lab2rgb(np.array([[lab]]))[0, 0] * 255
        np.testing.assert_allclose(shown, element.rgb, atol=2)


# Debian's dciodvfy (dicom3tools 1.00~20220618) is older than LABELMAP (DICOM 2024d): it doesn't
# know the kind of object, nor that segment 0, the background, is described.
LABELMAP_MESSAGES = ("Information Object Not found", "SegmentNumber not monotonically increasing")
KNOWN_MESSAGES = ("needed to build DICOMDIR",)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_dciodvfy_has_nothing_else_to_say(path: Path) -> None:
    said = subprocess.run(["dciodvfy", path], capture_output=True, text=True).stderr
    known = KNOWN_MESSAGES
    if pydicom.dcmread(path).SegmentationType == "LABELMAP":
        known += LABELMAP_MESSAGES
    messages = [line for line in said.splitlines() if "Error" in line or "Warning" in line]
    assert [line for line in messages if not any(one in line for one in known)] == []
