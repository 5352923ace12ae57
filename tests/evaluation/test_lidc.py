"""LIDC-IDRI annotations: contours as they stand in the file, their inside, and the best union."""

from pathlib import Path

import numpy as np
import pytest

from u3edu.evaluation.lidc import contour_union, nodule_mask, read_contours, surroundings


def roi(points: list[tuple[int, int]], uid: str = "1.2.3", inclusion: str = "TRUE") -> str:
    edges = "".join(f"<edgeMap><xCoord>{x}</xCoord><yCoord>{y}</yCoord></edgeMap>" for x, y in points)
    return (
        f"<roi><imageZposition>-125.000000 </imageZposition><imageSOP_UID>{uid}</imageSOP_UID>"
        f"<inclusion>{inclusion}</inclusion>{edges}</roi>"
    )


def square(low: int, high: int) -> list[tuple[int, int]]:
    """Every pixel of a square's edge, x before y, shifted ten to the right."""
    span = range(low, high + 1)
    edge = [(x, low) for x in span] + [(high, y) for y in span]
    edge += [(x, high) for x in reversed(span)] + [(low, y) for y in reversed(span)]
    return [(x + 10, y) for x, y in edge]


def write(path: Path, *rois: str, sessions: int = 1) -> Path:
    nodule = f"<unblindedReadNodule><noduleID>Nodule 001</noduleID>{''.join(rois)}</unblindedReadNodule>"
    session = f"<readingSession>{nodule}</readingSession>"
    path.write_text(f'<LidcReadMessage xmlns="http://www.nih.gov">{session * sessions}</LidcReadMessage>')
    return path


def test_contours_keep_slice_position_and_reader(tmp_path: Path) -> None:
    contours = read_contours(write(tmp_path / "a.xml", roi(square(20, 30)), sessions=2))
    assert [contour.reader for contour in contours] == [0, 1]
    assert contours[0].instance_uid == "1.2.3"
    assert contours[0].position == -125
    assert contours[0].nodule == "Nodule 001"
    assert contours[0].points[0] == (20, 30)  # row before column


def test_marks_of_one_point_are_no_contours(tmp_path: Path) -> None:
    assert read_contours(write(tmp_path / "a.xml", roi([(5, 5)]))) == ()


def test_the_contour_itself_is_outside_and_holes_are_cut_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", roi(square(24, 27), inclusion="FALSE"), roi(square(20, 30)))
    mask = nodule_mask(read_contours(path), (64, 64))
    assert mask[21:30, 31:40].sum() == mask.sum()
    assert not mask[20].any() and not mask[:, 30].any()
    assert not mask[25:27, 35:37].any()
    assert mask[21, 31] and mask[29, 39]
    whole = nodule_mask(read_contours(path)[1:], (64, 64))
    assert whole.sum() == 81


def test_a_segment_is_cut_at_the_surroundings_so_that_the_chest_wall_does_not_count() -> None:
    labels = np.zeros((100, 100), dtype=int)
    labels[:, 60:] = 1  # a wall
    labels[45:56, 40:51] = 1  # a nodule, near it and of its element
    mask = labels.astype(bool).copy()
    mask[:, 60:] = False
    box = surroundings(mask)
    assert (box.top, box.left, box.bottom, box.right) == (37, 32, 64, 59)
    assert contour_union(labels, mask) == (1.0, 1)


def test_other_files_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.xml"
    text.write_text("no XML")
    with pytest.raises(ValueError, match="not an XML file"):
        read_contours(text)
    text.write_text("<other/>")
    with pytest.raises(ValueError, match="not a LIDC-IDRI annotation"):
        read_contours(text)


def test_an_empty_contour_has_no_surroundings() -> None:
    with pytest.raises(ValueError, match="no pixel"):
        surroundings(np.zeros((5, 5), dtype=bool))
