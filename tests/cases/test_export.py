"""`u3edu case export`: an edit of a case leaves as DICOM, PNG and NIfTI, marked and without a name."""

from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom import examples
from typer.testing import CliRunner, Result

from tests.engine.networks import SMALL, card_for, random_network
from tests.imaging.deidentification.canaries import Planter, canaries_in, canaries_under, canary_file
from u3edu.cases.base import DicomBase
from u3edu.cases.reading import read_case
from u3edu.cli import app
from u3edu.editing.fill import Fill
from u3edu.editing.in_place import SEAM
from u3edu.editing.polygon import Polygon
from u3edu.editing.script import EditScript
from u3edu.model.weights import save_weights

FILES = [
    "after.dcm",
    "after.nii.gz",
    "after.png",
    "before.dcm",
    "before.png",
    "elements.dcm",
    "elements.nii.gz",
    "elements.png",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a small CT model."""
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    card = card_for(SMALL).model_copy(update={"name": "small-ct", "modality": "CT"})
    save_weights(path, random_network(SMALL), card)
    return path


def number_of(case: Path) -> int:
    """The slice that a case's stages start from."""
    base = read_case(case).base
    assert isinstance(base, DicomBase)
    return base.slice


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path) -> Path:
    """A case of two slices, made from a real scanner's picture."""
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        dataset = pydicom.dcmread(examples.get_path("ct"))
        dataset.SOPInstanceUID = f"1.2.{number}"
        dataset.ImagePositionPatient = [-100, -120, 5.0 * number]
        dataset.save_as(f"{number}.dcm")
    Path("scan").mkdir()
    for number in (1, 2):
        Path(f"{number}.dcm").rename(f"scan/{number}.dcm")
    assert run("case", "new", "scan", "--output", "case", "--model", model, "--key", "key").exit_code == 0
    # Everything around one pixel becomes element 3.
    script = EditScript(operations=(Fill(element=3, seed=(40, 40)),))
    Path("edit.json").write_text(script.to_json())
    return Path("case")


def test_an_edit_leaves_in_every_form_and_the_forms_agree(case: Path, model: Path) -> None:
    arguments = ("case", "export", case, "--script", "edit.json", "--output", "out", "--model", model)
    result = run(*arguments, "--slice", 2)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == FILES
    before, after = pydicom.dcmread("out/before.dcm"), pydicom.dcmread("out/after.dcm")
    assert before.SeriesInstanceUID == after.SeriesInstanceUID
    assert before.SyntheticData == after.SyntheticData == "YES"
    source = pydicom.dcmread("case/base/slice-0002.dcm")
    assert after.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert after.ImagePositionPatient == source.ImagePositionPatient == [-100, -120, 10]
    assert (before.pixel_array != after.pixel_array).any()
    labels = pydicom.dcmread("out/elements.dcm").pixel_array.squeeze() - 1
    with Image.open("out/elements.png") as image:
        np.testing.assert_array_equal(np.asarray(image), labels)
    nifti = nibabel.load("out/elements.nii.gz")
    np.testing.assert_array_equal(np.asarray(nifti.dataobj)[..., 0].T, labels)
    assert labels[40, 40] == 3
    raw = np.asarray(nibabel.load("out/after.nii.gz").dataobj)[..., 0].T
    np.testing.assert_allclose(raw, after.pixel_array, atol=0.5)


def test_the_banner_is_on_unless_it_is_for_a_reader_test(case: Path, model: Path) -> None:
    arguments = ("case", "export", case, "--script", "edit.json", "--model", model)
    run(*arguments, "--output", "marked")
    run(*arguments, "--output", "unmarked", "--reader-test", "--binary")
    marked, unmarked = (pydicom.dcmread(f"{name}/after.dcm").pixel_array for name in ("marked", "unmarked"))
    assert set(np.unique(marked[:8])) == {-2048, 2048}
    assert set(np.unique(unmarked[:8])) != {-2048, 2048}
    np.testing.assert_array_equal(marked[20:], unmarked[20:])
    assert pydicom.dcmread("unmarked/elements.dcm").SegmentationType == "BINARY"


def test_in_place_the_original_goes_out_but_for_the_edit(case: Path, model: Path) -> None:
    text = (case / "case.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("render:")]
    (case / "case.yaml").write_text("\n".join([*lines, "render: in place", ""]), "utf-8")
    middle = Polygon(element=3, points=[(50, 50), (50, 70), (70, 70), (70, 50)])
    Path("edit.json").write_text(EditScript(operations=(middle,)).to_json())
    arguments = ("case", "export", case, "--script", "edit.json", "--output", "out", "--model", model)
    result = run(*arguments, "--reader-test")
    assert result.exit_code == 0, result.stderr
    before, after = pydicom.dcmread("out/before.dcm"), pydicom.dcmread("out/after.dcm")
    assert (before.SyntheticData, after.SyntheticData) == ("NO", "YES")
    assert after.DerivationDescription.startswith("In part synthetic")
    source = pydicom.dcmread(f"case/base/slice-{number_of(case):04}.dcm")
    assert after.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    differs = before.pixel_array != after.pixel_array
    assert differs[50:71, 50:71].any()
    differs[50 - SEAM : 71 + SEAM, 50 - SEAM : 71 + SEAM] = False
    assert not differs.any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "case.yaml: is missing"),
        (["case", "--slice", "3"], "no slice 3; it has slices 1 to 2"),
        (["case", "--script", "scan/1.dcm"], "not an edit script"),
        (["case", "--script", "nothing.json"], "nothing.json"),
    ],
)
def test_a_mistake_is_said(arguments: list[str], words: str, case: Path, model: Path) -> None:
    chosen = [] if "--script" in arguments else ["--script", "edit.json"]
    result = run("case", "export", *arguments, *chosen, "--output", "out", "--model", model)
    assert result.exit_code == 1
    assert words in result.stderr


def test_no_canary_of_the_original_is_in_what_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    planter = Planter()
    canary_file(Path("archive/ZQKF0001.dcm"), planter)
    arguments = ["--output", "case", "--model", model, "--key", "key", "--pixels-looked-at"]
    assert run("case", "new", "archive", *arguments).exit_code == 0
    Path("edit.json").write_text(EditScript(operations=(Fill(element=3, seed=(4, 4)),)).to_json())
    result = run("case", "export", "case", "--script", "edit.json", "--output", "out", "--model", model)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == FILES
    found = canaries_under(Path("case")) | canaries_under(Path("out"))
    print(f"{planter.count} canaries planted, {len(found)} found in the case, DICOM, PNG and NIfTI")
    assert found == set()
    assert canaries_in(result.stdout + result.stderr) == set()
