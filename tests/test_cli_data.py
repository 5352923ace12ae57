"""`u3edu data fetch` from the command line, with a stand-in for the index and its bucket."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.data.conftest import bucket, client  # noqa: F401
from tests.data.stand_in import StandInClient
from u3edu.cli import app
from u3edu.data import catalogue as catalogue_module
from u3edu.data.catalogue import CollectionError, IdcCatalogue
from u3edu.data.transfer import IdcTransfer


@pytest.fixture(autouse=True)
def stand_in(client: StandInClient, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(catalogue_module, "open_catalogue", lambda: IdcCatalogue(client))
    monkeypatch.setattr(IdcTransfer, "check", lambda self: None)


def fetch(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["data", "fetch", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_a_patient_is_fetched_with_licence_shown_and_kept(tmp_path: Path) -> None:
    status, said = fetch("test-lungs", "--patient", "TEST-1", "--output", str(tmp_path / "cache"))
    assert status == 0
    assert "test_lungs (IDC v0): 1 CT or MR series of 1 patient" in said
    assert "licence: CC BY 4.0 (doi 10.1000/lungs)" in said
    assert "1 series fetched, 0 here already" in said
    root = tmp_path / "cache" / "test_lungs"
    assert len(list((root / "dicom" / "TEST-1").rglob("*.dcm"))) == 3
    assert "CC BY 4.0" in (root / "ATTRIBUTION.txt").read_text()
    status, said = fetch("test-lungs", "--all", "--output", str(tmp_path / "cache"))
    assert "1 series fetched, 1 here already" in said


def test_without_a_choice_it_says_what_there_is_and_fetches_nothing(tmp_path: Path) -> None:
    status, said = fetch("test_lungs", "--output", str(tmp_path / "cache"))
    assert status == 1
    assert "2 CT or MR series of 2 patients" in said
    assert "choose with --patient, --series or --all; patients are TEST-1, TEST-2" in said
    assert not (tmp_path / "cache").exists()


def test_a_folder_stands_in_for_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(self: IdcTransfer) -> None:
        raise CollectionError("no network")

    monkeypatch.setattr(IdcTransfer, "check", no_network)
    options = ["test_lungs", "--all", "--output", str(tmp_path / "cache")]
    assert "no network" in fetch(*options)[1]
    status, said = fetch(*options, "--from", str(tmp_path / "bucket"))
    assert status == 0
    assert "2 series fetched" in said


def test_what_is_missing_is_said_and_the_status_is_1(tmp_path: Path, client: StandInClient) -> None:  # noqa: F811
    client.bucket.broken = {"1.2.3.2": 1}
    status, said = fetch("test_lungs", "--all", "--output", str(tmp_path / "cache"))
    assert status == 1
    assert "1.2.3.2: Download process failed" in said
    assert "1 series fetched" in said


def test_mistakes_are_answered_in_words() -> None:
    for arguments, words in (
        (["brains", "--all"], "no collection 'brains'"),
        (["test_lungs", "--patient", "TEST-7"], "no patient TEST-7"),
    ):
        status, said = fetch(*arguments)
        assert status == 1
        assert words in said
