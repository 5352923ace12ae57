"""A whole case of a small phantom, drawn by a small network with random weights."""

import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.cases.base import PhantomBase
from u3edu.cases.new import new_phantom_case
from u3edu.cases.reading import read_case
from u3edu.cases.rendering import render
from u3edu.cli import app
from u3edu.editing.brush import BrushStroke
from u3edu.editing.label_map import LabelMap
from u3edu.editing.script import EditScript
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.model.weights import save_weights

WALL = {"lesion": "rectal tumour", "wall": "left lateral", "shape": "polypoid", "margin": "smooth"}
STAGES = [
    {
        "name": "normal",
        "title": "Before the disease",
        "caption": {"lesion": "none", "organ": "rectum"},
    },
    {
        "name": "t2",
        "title": "Into the muscularis propria",
        "script": "stages/t2.json",
        "caption": {
            **WALL,
            "size_mm": 30,
            "deepest_layer": "muscularis propria",
            "staging": {"scheme": "TNM", "edition": 8, "category": "T2"},
        },
        "prose": "A tumour of 3 cm on the left infiltrates the muscularis propria.",
    },
    {
        "name": "t3",
        "title": "Into the fat",
        "script": "stages/t3.json",
        "caption": {
            **WALL,
            "size_mm": 36,
            "deepest_layer": "mesorectal fat",
            "depth_mm": 4,
            "staging": {"scheme": "ESGAR", "edition": 2018, "category": "T3b"},
        },
    },
]
QUESTIONS = [
    {
        "id": "how-deep",
        "kind": "stage_it",
        "question": "Which T category?",
        "stages": ["t2"],
        "choices": ["T1", "T2", "T3"],
        "seconds": 60,
    },
    {
        "id": "what-now",
        "kind": "what_changed",
        "question": "What changed between the two?",
        "stages": ["t2", "t3"],
        "choices": ["It grew into the fat", "Nothing"],
    },
    {"id": "true-caption", "kind": "rate_abc", "question": "A, B or C?", "stages": ["t2"]},
    {"id": "wrong-caption", "kind": "rate_abc", "question": "A, B or C?", "stages": ["t3"]},
    {"id": "extend", "kind": "paint_it", "question": "Extend it 4 mm into the fat.", "stages": ["t2"]},
]
ANSWERS = {
    "how-deep": {"kind": "stage_it", "choice": "T2", "reason": "The zebra muscularis is infiltrated."},
    "what-now": {"kind": "what_changed", "choice": "It grew into the fat", "reason": "zebra depth"},
    "true-caption": {"kind": "rate_abc", "reason": "zebra true"},
    "wrong-caption": {"kind": "rate_abc", "variation": "wrong_layer", "seed": 3, "reason": "zebra wrong"},
    "extend": {"kind": "paint_it", "layer": "mesorectal fat", "depth_mm": 4, "reason": "zebra paint"},
}
TEXT = {
    "title": "Okapi: one layer deeper",
    "objectives": ["Tell T2 from T3."],
    "anatomy": [{"value": "34402009", "scheme": "SCT", "meaning": "Rectum"}],
    "pathology": [{"value": "254582000", "scheme": "SCT", "meaning": "Adenocarcinoma of rectum"}],
    "history": "A person of 60 years with bleeding.",
    "findings": "okapi findings",
    "diagnosis": "okapi diagnosis",
    "discussion": "okapi discussion",
    "references": ["okapi reference"],
    "licence": "CC BY 4.0",
    "source": "okapi phantom",
}


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def stroke(row: float, column: float, element: int) -> EditScript:
    return EditScript(operations=(BrushStroke(element=element, points=((row, column),), diameter=15),))


def change(folder: Path, name: str = "case.yaml", **fields: object) -> None:
    """Replace fields of a case's YAML file."""
    data = yaml.safe_load((folder / name).read_text("utf-8"))
    (folder / name).write_text(yaml.safe_dump(data | fields, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a small MR model."""
    path = tmp_path_factory.mktemp("weights") / "small-mr.safetensors"
    save_weights(path, random_network(SMALL), card_for(SMALL).model_copy(update={"name": "small-mr"}))
    return path


@pytest.fixture(scope="session")
def small_engine(weights: Path) -> LocalEngine:
    return load_engine(str(weights), device="cpu")


@pytest.fixture(scope="session")
def finished_case(tmp_path_factory: pytest.TempPathFactory, small_engine: LocalEngine) -> Path:
    """A valid, rendered case with questions and answers; copy it to change it."""
    folder = tmp_path_factory.mktemp("cases") / "one-layer-deeper"
    base = PhantomBase(phantom="pelvis", seed=3, shape=(96, 96), spacing=1.5)
    new_phantom_case(base, folder, small_engine)
    # Elements with structure, which random weights don't find.
    phantom = pelvic_phantom(3, healthy=True, shape=base.shape, spacing=base.spacing)
    labels = LabelMap(phantom.tissues % 5, small_engine.elements, phantom.picture.acquisition)
    write_label_png(labels, folder / "elements.png")
    (folder / "stages").mkdir()
    (folder / "stages/t2.json").write_text(stroke(56, 52, 2).to_json())
    (folder / "stages/t3.json").write_text(stroke(60, 54, 3).to_json())
    change(folder, **TEXT, stages=STAGES, questions=QUESTIONS)
    change(folder, "answers.yaml", answers=ANSWERS)
    render(read_case(folder), folder, small_engine)
    return folder


@pytest.fixture
def case(finished_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The finished case, for one test to do with as it likes, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(finished_case, "case")
    return Path("case")
