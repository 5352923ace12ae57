"""`u3edu case new` and `u3edu deidentify`: a series becomes a case, and nobody's name with it."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom import examples
from pydicom.uid import SecondaryCaptureImageStorage
from typer.testing import CliRunner, Result

from tests.engine.networks import SMALL, card_for, random_network
from tests.imaging.deidentification.canaries import Planter, canaries_in, canaries_under, canary_file
from u3edu.cases.base import DicomBase, PublicBase
from u3edu.cases.checking import check_case
from u3edu.cases.pictures import base_picture
from u3edu.cases.reading import read_answers, read_case
from u3edu.cli import app
from u3edu.engine.local import load_engine
from u3edu.imaging.deidentification.report import DeidentificationReport
from u3edu.imaging.series import read_series
from u3edu.imaging.stored import load_slice
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
    case = read_case(Path("case"))
    assert (case.id, case.model.name, case.modality) == ("case", "small-ct", "CT")
    assert case.model.weights_sha256 == json.loads(model.with_suffix(".json").read_text())["weights_sha256"]
    assert case.base == DicomBase(folder="base", slice=2)
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


def test_a_new_case_says_what_is_still_to_write_and_holds_its_elements(scan: Path, model: Path) -> None:
    run("case", "new", scan, "--output", "My first case!", "--model", model, "--slice", 1)
    folder = Path("My first case!")
    assert read_case(folder).id == read_answers(folder).case == "my-first-case"
    fields = [problem.field for problem in check_case(folder, str(model)).problems]
    assert fields == [
        *("title", "objectives", "pathology", "history", "findings", "diagnosis", "discussion"),
        *("licence", "source", "stages"),
    ]
    labels = np.asarray(Image.open(folder / "elements.png"))
    engine = load_engine(str(model), device="cpu")
    np.testing.assert_array_equal(labels, engine.segment(read_series(folder / "base")[0]).labels)


def test_the_examples_in_a_new_case_are_valid_once_uncommented(scan: Path, model: Path) -> None:
    run("case", "new", scan, "--output", "case", "--model", model)
    text = Path("case/case.yaml").read_text()
    for name in ("objectives", "pathology", "stages", "questions"):
        text = text.replace(f"{name}: []", f"{name}:")
    text = text.replace("\n#  ", "\n  ").replace("[t2]", "[t1b]")
    Path("case/case.yaml").write_text(text)
    case = read_case(Path("case"))
    assert [stage.name for stage in case.stages] == ["t1b"] and len(case.questions) == 1
    assert case.pathology[0].meaning == "Lung cancer"


def test_a_synthetic_case_holds_no_pixel_of_the_original(scan: Path, model: Path) -> None:
    result = run("case", "new", scan, "--output", "case", "--model", model, "--synthetic")
    assert result.exit_code == 0, result.stderr
    assert not Path("case/base").exists() and not list(Path("case").rglob("*.dcm"))
    picture = load_slice(Path("case/base.png"))
    assert picture.acquisition.synthetic and not picture.acquisition.source.series_uid
    original = read_series(scan)[1]
    engine = load_engine(str(model), device="cpu")
    drawn = engine.synthesize(engine.segment(original))
    np.testing.assert_allclose(picture.pixels, drawn.pixels, atol=2e-5)


def test_a_public_case_keeps_identifiers_and_no_pixels(
    scan: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("U3EDU_DATA", raising=False)
    arguments = ("--model", model, "--collection", "prostatex", "--slice", 2)
    result = run("case", "new", scan, "--output", "case", *arguments)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("case").iterdir()) == [
        *("answers.yaml", "case.yaml", "elements.png")
    ]
    case = read_case(Path("case"))
    base = PublicBase(collection="prostatex", series_uid="1.2.3", instance_uid="1.2.3.3")
    assert case.base == base
    # Not on this machine: nothing is wrong with the case, and it can't be drawn.
    check = check_case(Path("case"), str(model))
    assert all(problem.reason.startswith("is empty") for problem in check.problems)
    assert "u3edu data fetch prostatex --series 1.2.3" in check.notes[0]
    monkeypatch.setenv("U3EDU_DATA", str(scan))
    np.testing.assert_array_equal(base_picture(case, Path("case")).pixels, read_series(scan)[1].pixels)


def test_a_phantom_case_needs_no_series(tmp_path: Path) -> None:
    weights = tmp_path / "mr.safetensors"
    save_weights(weights, random_network(SMALL), card_for(SMALL))
    result = run("case", "new", "--phantom", "pelvis", "--seed", 4, "--output", "case", "--model", weights)
    assert result.exit_code == 0, result.stderr
    case = read_case(Path("case"))
    assert (case.base.kind, case.modality) == ("phantom", "MR")
    assert base_picture(case, Path("case")).shape == (384, 384)


def test_a_case_of_version_1_is_read_as_one_with_gaps(scan: Path, model: Path) -> None:
    run("case", "new", scan, "--output", "case", "--model", model)
    new = read_case(Path("case"))
    for name in ("case.yaml", "answers.yaml"):
        Path("case", name).unlink()
    old = {"version": 1, "model": "small-ct", "weights_sha256": new.model.weights_sha256}
    Path("case/case.json").write_text(json.dumps(old | {"modality": "CT", "base": "base", "pictures": 3}))
    case = read_case(Path("case"))
    assert (case.model, case.base) == (new.model, DicomBase(folder="base", slice=1))
    assert "title" in [problem.field for problem in check_case(Path("case"), str(model)).problems]
    Path("case/case.json").write_text("{}")
    assert "case.json: model: is missing" in str(check_case(Path("case"), str(model)).problems[0])


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
        ([], "name a folder of DICOM, or a phantom"),
        (["scan", "--phantom", "chest"], "one of the two"),
        (["--phantom", "chest", "--model", "mr.safetensors"], "is for MR, and the series is CT"),
        (["scan", "--collection", "x", "--slice", "7"], "slices 1 to 3"),
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
