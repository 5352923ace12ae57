"""Exemplars are the labels of what a plan names, on the slice that it names, and say where they come from."""

from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.test_lidc import roi, square, write
from tests.imaging.conftest import dicom_file
from tests.widgets.fake_engine import FakeEngine
from u3edu.editing.exemplar import OUTSIDE
from u3edu.exemplars.making import make_exemplars
from u3edu.exemplars.plan import ExemplarPlan
from u3edu.imaging.dicom import read_slice

SIDE = 64


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    """Two slices of columns of three brightnesses; the second is mirrored."""
    stored = np.repeat(np.linspace(0, 3000, SIDE)[None], SIDE, axis=0).astype(np.uint16)
    for number, pixels in enumerate((stored, stored[:, ::-1])):
        dicom_file(
            tmp_path / "train" / f"{number}.dcm",
            pixels,
            SeriesInstanceUID="1.2.3",
            SOPInstanceUID=f"1.2.3.{number}",
            ImagePositionPatient=[0, 0, 5 * number],
        )
    return tmp_path


def plan_of(*tissues: dict, slice_uid: str = "1.2.3.1") -> ExemplarPlan:
    one = {"patient": "P-1", "series_uid": "1.2.3", "instance_uid": slice_uid, "tissues": tissues}
    return ExemplarPlan(
        collection="A", licence="CC BY 3.0", doi="10.1/x", attribution=("A et al.",), slices=[one]
    )


def labels_of(patient: Path) -> np.ndarray:
    return FakeEngine().segment(read_slice(patient / "train" / "1.dcm")).labels


def test_disc_is_taken_from_its_place_on_the_slice_of_the_plan(patient):
    (exemplar,) = make_exemplars(
        plan_of({"name": "muscle", "at": [30, 20], "radius": 6}), FakeEngine(), patient / "train"
    )
    assert exemplar.shape == (13, 13)
    inside = exemplar.inside
    np.testing.assert_array_equal(exemplar.labels[inside], labels_of(patient)[24:37, 14:27][inside])
    assert not inside[0, 0] and inside[6, 6]
    for word in ("P-1", "1.2.3.1", "row 30, column 20", "A, CC BY 3.0, doi 10.1/x"):
        assert word in exemplar.source


def test_nodule_is_what_all_readers_drew_round_on_that_slice(patient):
    folder = patient / "annotations"
    folder.mkdir()
    readers = [square(10, 20), square(14, 26)]
    sessions = "".join(
        f"<readingSession><unblindedReadNodule><noduleID>{number}</noduleID>"
        f"{roi(outline, uid='1.2.3.1')}{roi(square(2, 40), uid='1.2.3.0')}"
        "</unblindedReadNodule></readingSession>"
        for number, outline in enumerate(readers)
    )
    (folder / "P-1.xml").write_text(
        f'<LidcReadMessage xmlns="http://www.nih.gov">{sessions}</LidcReadMessage>'
    )
    (exemplar,) = make_exemplars(plan_of({"name": "nodule"}), FakeEngine(), patient / "train", folder)
    assert exemplar.inside.all() and OUTSIDE not in exemplar.labels
    np.testing.assert_array_equal(exemplar.labels, labels_of(patient)[15:20, 25:30])
    assert "contours of 2 radiologists" in exemplar.source


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (plan_of({"name": "fat", "at": [9, 9], "radius": 4}, slice_uid="1.2.3.9"), "no slice 1.2.3.9 of P-1"),
        (plan_of({"name": "nodule"}), "annotations; name their folder"),
    ],
)
def test_what_is_missing_is_named(patient, plan, words):
    with pytest.raises(ValueError, match=words):
        make_exemplars(plan, FakeEngine(), patient / "train")


def test_slice_on_which_nobody_drew_a_nodule_is_named(patient):
    folder = patient / "annotations"
    folder.mkdir()
    write(folder / "P-1.xml", roi(square(2, 40), uid="1.2.3.0"))
    with pytest.raises(ValueError, match="nothing that all readers drew"):
        make_exemplars(plan_of({"name": "nodule"}), FakeEngine(), patient / "train", folder)
