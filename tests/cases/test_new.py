"""`u3edu case new` and `u3edu deidentify`: a series becomes a case, and nobody's name with it."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import examples
from pydicom.uid import SecondaryCaptureImageStorage
from typer.testing import CliRunner, Result

from tests.engine.networks import SMALL, card_for, random_network
from tests.imaging.deidentification.canaries import Planter, canaries_in, canaries_under, canary_file
from u3edu.cases.new import CaseRecord
from u3edu.cli import app
from u3edu.imaging.deidentification.report import DeidentificationReport
from u3edu.imaging.series import read_series
from u3edu.model.weights import save_weights


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a small CT model."""
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    card = card_for(SMALL).model_copy(update={"name": "small-ct", "modality": "CT"})
    save_weights(path, random_network(SMALL), card)
    return path


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in (*arguments, "--key", "key")])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def save(path: Path, *, series: str = "1.2.3", position: float = 0.0, **header: object) -> Path:
    dataset = pydicom.dcmread(examples.get_path("ct"))
    dataset.SeriesInstanceUID, dataset.SOPInstanceUID = series, f"{series}.{path.stem}"
    dataset.ImagePositionPatient = [0, 0, position]
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path)
    return path


@pytest.fixture
def scan() -> Path:
    """Three slices, stored in the wrong order."""
    for number, position in ((1, 10.0), (2, 0.0), (3, 5.0)):
        save(Path("scan", f"{number}.dcm"), position=position)
    return Path("scan")


def test_a_case_holds_the_deidentified_series_its_report_and_its_model(scan: Path, model: Path) -> None:
    result = run("case", "new", scan, "--output", "case", "--model", model)
    assert result.exit_code == 0, result.stderr
    assert "a case of 3 pictures" in result.stdout
    assert "--pixels-looked-at" in result.stderr
    record = CaseRecord.model_validate_json(Path("case/case.json").read_text())
    assert (record.model, record.modality, record.pictures) == ("small-ct", "CT", 3)
    assert record.weights_sha256 == json.loads(model.with_suffix(".json").read_text())["weights_sha256"]
    report = DeidentificationReport.model_validate_json(Path("case/deidentification.json").read_text())
    assert report.written == 3 and report.removed["PatientBirthDate"] == 3
    assert Path("case/deidentification.txt").read_text() == report.in_words()
    before, after = read_series(scan), read_series("case/base")
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old.pixels, new.pixels)
    # Numbered in the order in which the slices lie.
    positions = [
        pydicom.dcmread(path).ImagePositionPatient[2] for path in sorted(Path("case/base").iterdir())
    ]
    assert positions == [0.0, 5.0, 10.0]


def test_one_slice_can_be_kept_alone(scan: Path, model: Path) -> None:
    run("case", "new", scan, "--output", "case", "--model", model, "--slice", 2)
    (kept,) = Path("case/base").iterdir()
    assert pydicom.dcmread(kept).ImagePositionPatient[2] == 5.0
    result = run("case", "new", scan, "--output", "other", "--model", model, "--slice", 4)
    assert result.exit_code == 1
    assert "slices 1 to 3" in result.stderr


def test_two_cases_of_one_patient_name_the_same_patient(scan: Path, model: Path) -> None:
    for name in ("one", "two"):
        run("case", "new", scan, "--output", name, "--model", model)
    one, two = (pydicom.dcmread(Path(name, "base", "slice-0001.dcm")) for name in ("one", "two"))
    assert one.PatientID == two.PatientID and one.SOPInstanceUID == two.SOPInstanceUID


def test_the_key_stays_out_of_the_case(scan: Path, model: Path) -> None:
    run("case", "new", scan, "--output", "case", "--model", model)
    key = Path("key").read_text().strip()
    content = b"".join(path.read_bytes() for path in Path("case").rglob("*") if path.is_file())
    assert key.encode() not in content and bytes.fromhex(key) not in content


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no such file or folder"),
        (["scan", "--series", "9"], "named with --series is not in it"),
        (["two"], "2 series in it; name one with --series"),
        (["scan", "--black-out", "1,2"], "TOP,LEFT,HEIGHT,WIDTH"),
        (["scan", "--model", "brain"], "no model is called 'brain'"),
        (["scan", "--model", "mr.safetensors"], "is for MR, and the series is CT"),
        (["screens"], "no CT or MR slices in it (1 files"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_written(
    arguments: list[str], words: str, scan: Path, model: Path
) -> None:
    save(Path("two", "1.dcm"))
    save(Path("two", "2.dcm"), series="1.2.4")
    save(Path("screens", "1.dcm"), SOPClassUID=SecondaryCaptureImageStorage)
    save_weights(Path("mr.safetensors"), random_network(SMALL), card_for(SMALL))
    chosen = [] if "--model" in arguments else ["--model", model]
    result = run("case", "new", *arguments, "--output", "case", *chosen)
    assert result.exit_code == 1
    assert words in result.stderr
    assert not Path("case").exists() or not any(Path("case").iterdir())


def test_a_folder_in_use_is_left_alone(scan: Path, model: Path) -> None:
    Path("case").mkdir()
    Path("case/mine.txt").write_text("mine")
    result = run("case", "new", scan, "--output", "case", "--model", model)
    assert result.exit_code == 1
    assert "case is not empty; choose another folder with --output\n" in result.stderr
    assert [path.name for path in Path("case").iterdir()] == ["mine.txt"]


def test_pictures_that_may_show_a_name_are_left_out_and_counted(scan: Path, model: Path) -> None:
    save(scan / "4.dcm", position=15.0, BurnedInAnnotation="YES")
    result = run("case", "new", scan, "--output", "case", "--model", model)
    assert result.exit_code == 1
    assert "left out: picture 4 of 4: its header says that text is burned into" in result.stderr
    assert "a case of 3 pictures" in result.stdout


def test_screens_can_be_deidentified_once_looked_at_and_blacked_out() -> None:
    save(Path("screens", "1.dcm"), SOPClassUID=SecondaryCaptureImageStorage, Modality="OT")
    refused = run("deidentify", "screens", "--output", "out")
    assert refused.exit_code == 1
    assert "a secondary capture" in refused.stdout
    again = ("deidentify", "screens", "--output", "looked", "--pixels-looked-at")
    assert run(*again, "--black-out", "0,0,20,128").exit_code == 0
    written = pydicom.dcmread("looked/slice-0001.dcm")
    assert np.ptp(written.pixel_array[:20]) == 0 < np.ptp(written.pixel_array[20:])


def test_a_damaged_zip_file_is_counted(scan: Path) -> None:
    (scan / "ZQKF0001.zip").write_bytes(b"PK no zip file")
    result = run("deidentify", scan, "--output", "out", "--pixels-looked-at")
    assert result.exit_code == 1
    assert "1 files or folders cannot be opened" in result.stderr
    assert canaries_in(result.stdout + result.stderr) == set()
    assert len(list(Path("out").glob("*.dcm"))) == 3


def test_no_canary_of_a_series_reaches_the_case_the_screen_or_a_message(model: Path) -> None:
    planter = Planter()
    canary_file(Path("archive", "DOE_ZQKF0001", "ZQKF0002.dcm"), planter, StackID=b"1")
    canary_file(Path("archive", "DOE_ZQKF0001", "ZQKF0003.dcm"), planter, number=2, few=True, StackID=b"1")
    for number, (keyword, value) in enumerate(
        [("PhotometricInterpretation", b"ZQKF0004"), ("Modality", b"ZQKF0005"), ("Rows", b"ZQKF0006")]
    ):
        path = Path("archive", f"ZQKF010{number}.dcm")
        canary_file(path, planter, few=True, **{keyword: value})  # type: ignore[arg-type]
    assert planter.count > 30_000
    messages = ""
    for arguments in (
        ["case", "new", "archive", "--output", "refused", "--model", model],
        ["case", "new", "archive", "--output", "case", "--model", model, "--pixels-looked-at"],
        ["deidentify", "archive", "--output", "out", "--pixels-looked-at"],
        ["deidentify", "archive", "--output", "unseen"],
    ):
        result = run(*arguments)
        messages += result.stdout + result.stderr
    assert len(list(Path("case/base").iterdir())) == 2
    for folder in ("case", "out", "unseen", "refused"):
        assert canaries_under(Path(folder)) == set()
    assert canaries_in(messages) == set()
