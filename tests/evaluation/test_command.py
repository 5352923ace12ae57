"""`u3edu evaluate` from DICOM to tables, JSON and HTML, with a network of random weights."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from typer.testing import CliRunner

from tests.engine.networks import SMALL, card_for, random_network
from tests.evaluation.pairs import pair, stripes, white
from tests.imaging.conftest import dicom_file
from u3edu.cli import app
from u3edu.engine.local import LocalEngine
from u3edu.evaluation.command import evaluate, read_patients
from u3edu.evaluation.patient import evaluate_patient
from u3edu.evaluation.reconstruction import reconstruction_figures
from u3edu.model.weights import save_weights
from u3edu.training.losses.perceptual import FeatureDistance

SLICES = 2


def write_patient(folder: Path, seed: int) -> None:
    """Two slices of tissue that fills the picture."""
    numbers = np.random.default_rng(seed)
    for number in range(SLICES):
        tissue = 500 + 200 * ndimage.gaussian_filter(numbers.normal(size=(144, 144)), 3) * 6
        stored = (tissue + numbers.normal(0, 20, tissue.shape)).clip(0, 1500).astype(np.uint16)
        dicom_file(
            folder / f"{number}.dcm",
            stored,
            modality="MR",
            SeriesInstanceUID=f"1.2.3.{seed}",
            ImagePositionPatient=[0, 0, 3 * number],
            InstanceNumber=number + 1,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Patients to measure, patients to learn from, and weights."""
    write_patient(tmp_path / "test" / "patient-a", 1)
    write_patient(tmp_path / "train" / "patient-b", 2)
    save_weights(tmp_path / "run" / "model.safetensors", random_network(SMALL), card_for(SMALL))
    return tmp_path


class Addresses(HTMLParser):
    """Everything that a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href")]


def test_tables_json_and_report_of_two_models(folder: Path) -> None:
    weights = str(folder / "run" / "model.safetensors")
    command = ["evaluate", str(folder / "test"), "--model", weights, "--against", weights]
    command += ["--reader-train", str(folder / "train"), "--json", str(folder / "figures.json")]
    result = CliRunner().invoke(app, [*command, "--report", str(folder / "report.html")])
    assert result.exit_code == 0, result.output
    assert "automatic reader on patient-a: AUC" in result.output

    figures = json.loads((folder / "figures.json").read_text("utf-8"))
    assert figures["title"] == "run/model"
    (patient,) = figures["patients"]
    assert (patient["patient"], patient["slices"]) == ("patient-a", SLICES)
    assert sum(patient["element_shares"]) == pytest.approx(1, abs=1e-3)
    assert len(patient["spectrum"]["decibels"]) == 4
    assert {goal["name"] for goal in patient["goals"]} >= {"local spectrum", "automatic reader"}
    assert figures["automatic_reader"][0]["slices"] == SLICES
    # The same weights give the same figures, views and bootstrap included.
    assert figures["against"][0]["patients"] == figures["patients"]
    assert figures["against"][0]["automatic_reader"] == figures["automatic_reader"]

    page = (folder / "report.html").read_text("utf-8")
    addresses = Addresses()
    addresses.feed(page)
    assert len(addresses.found) > 8
    assert all(address.startswith("data:image/") for address in addresses.found)
    assert "patient-a" in page


def test_a_reader_is_not_tested_on_what_it_was_fitted_on(folder: Path) -> None:
    engine = LocalEngine(random_network(SMALL), card_for(SMALL), "cpu")
    with pytest.raises(
        ValueError, match="patient-a: the automatic reader was fitted on series of this patient"
    ):
        evaluate(engine, folder / "test", folder / "test")


def test_a_folder_without_slices_of_the_modality_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="no CT slice"):
        list(read_patients(folder / "test", "CT"))


def test_a_missing_folder_for_the_results_is_said_at_once(folder: Path) -> None:
    command = ["evaluate", str(folder / "test"), "--model", str(folder / "run" / "model.safetensors")]
    result = CliRunner().invoke(app, [*command, "--json", str(folder / "nowhere" / "figures.json")])
    assert result.exit_code == 1
    assert "there is no folder" in result.output


def test_a_patient_is_the_mean_over_slices_and_small_elements_are_named() -> None:
    engine = LocalEngine(random_network(SMALL), card_for(SMALL), "cpu")
    real = [white(seed, (96, 96)) for seed in (0, 1)]
    pairs = [pair(one, 0.9 * one, stripes(one.shape)) for one in real]
    patient = evaluate_patient(engine, "one", pairs, FeatureDistance())
    single = [reconstruction_figures(one.picture, one.reconstruction).mse for one in pairs]
    assert patient.slices == 2
    assert patient.mean.mse == pytest.approx(np.mean(single))
    assert patient.sd.mse == pytest.approx(np.std(single))
    assert patient.shares == pytest.approx([2 / 3, 1 / 3, 0, 0, 0])
    assert patient.small_elements == (2, 3, 4)
    assert patient.boundary == pytest.approx(1, abs=1e-3)
    assert patient.noise.ratio == pytest.approx(0.9, rel=1e-3)
    assert 0 < patient.feature_distance < 1
    assert json.loads(json.dumps(patient.to_dict(), allow_nan=False))["elements_below_0.3_percent"] == [
        2,
        3,
        4,
    ]
