"""The cases that come with u3edu: valid, complete, small, and without a pixel of a patient."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from u3edu.cases.caption import LungNodule, NoLesion, RectalTumour
from u3edu.cases.library import library_cases, open_case
from u3edu.cases.library.plan import read_plans
from u3edu.cases.reading import read_answers, read_case
from u3edu.cases.schema import Case
from u3edu.cli import app
from u3edu.quiz.quiz import read_quiz

FOLDERS = library_cases()
CASES: dict[str, Case] = {name: read_case(folder) for name, folder in FOLDERS.items()}
CAPTIONS = [stage.caption for case in CASES.values() for stage in case.stages]


@pytest.mark.parametrize("name", FOLDERS)
def test_every_case_validates_and_draws_its_stored_pictures(name: str) -> None:
    result = CliRunner().invoke(app, ["case", "validate", str(FOLDERS[name])])
    assert result.exit_code == 0, result.stderr
    assert "valid" in result.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_every_case_is_what_its_plan_says(name: str) -> None:
    plan, case, answers = read_plans()[name], CASES[name], read_answers(FOLDERS[name])
    written = case.model_dump(mode="json")
    shown = Case.model_validate(
        plan.text
        | {"id": name, "modality": case.modality, "model": case.model, "base": case.base}
        | {"stages": [stage.text for stage in plan.stages]}
    ).model_dump(mode="json")
    for field in ("title", "objectives", "history", "findings", "diagnosis", "discussion", "questions"):
        assert written[field] == shown[field], field
    for one, other in zip(written["stages"], shown["stages"], strict=True):
        assert one | {"script": None} == other
    assert set(answers.answers) == set(plan.answers)


def test_the_library_has_cases_of_two_to_five_stages_with_questions_and_references() -> None:
    assert len(CASES) >= 14 and set(CASES) == set(read_plans())
    for name, case in CASES.items():
        assert 2 <= len(case.stages) <= 5, name
        assert len(case.questions) >= 2 and case.references and len(case.objectives) >= 2, name
        assert all(stage.prose for stage in case.stages), name
        assert len(case.discussion) > 400 and case.history and case.findings, name


def test_the_library_shows_what_a_trainee_has_to_tell_apart() -> None:
    tumours = [caption for caption in CAPTIONS if isinstance(caption, RectalTumour)]
    nodules = [caption for caption in CAPTIONS if isinstance(caption, LungNodule)]
    assert {tumour.deepest_layer for tumour in tumours} == {
        "submucosa", "muscularis propria", "mesorectal fat", "neighbouring organ",
    }  # fmt: skip
    assert {tumour.shape for tumour in tumours} >= {"polypoid", "semi-circumferential", "ulcerated"}
    assert {tumour.signal for tumour in tumours} == {"intermediate", "high"}
    assert {tumour.side for tumour in tumours} == {"right", "left", None}
    assert {nodule.margin for nodule in nodules} == {"smooth", "lobulated", "spiculated"}
    assert {nodule.density for nodule in nodules} == {"solid", "part-solid", "ground-glass"}
    assert any(nodule.cavity for nodule in nodules) and any(nodule.pleural_tag for nodule in nodules)
    assert {15, 20, 30} <= {nodule.size_mm for nodule in nodules}
    assert {nodule.side for nodule in nodules} == {"right", "left"}
    assert any(isinstance(caption, NoLesion) for caption in CAPTIONS)
    kinds = {question.kind for case in CASES.values() for question in case.questions}
    assert kinds == {"stage_it", "what_changed", "rate_abc", "paint_it"}


def test_no_pixel_of_a_patient_is_in_it_and_it_stays_small() -> None:
    files = [path for folder in FOLDERS.values() for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".yaml", ".json", ".png"}
    assert sum(path.stat().st_size for path in files) < 12 * 2**20
    for name, case in CASES.items():
        assert case.base.kind in ("synthetic", "phantom", "public") and case.render == "whole", name
        if case.base.kind == "synthetic":
            assert '"synthetic": true' in (FOLDERS[name] / "base.json").read_text(), name
        assert case.licence == "CC BY 4.0", name
        assert case.base.kind == "phantom" or "CC BY" in case.source, name


def test_its_questions_make_a_quiz_with_paintings(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["case", "publish", str(FOLDERS["rectum-paint-it"]), "--output", str(tmp_path / "class")]
    )
    assert result.exit_code == 0, result.stderr
    assert len(read_quiz(tmp_path / "class").items) == len(CASES["rectum-paint-it"].questions)


def test_a_case_opens_by_its_name_with_pictures_and_captions() -> None:
    opened = open_case("rectum-one-layer-deeper")
    assert opened.stage_names == ("normal", "t1", "t2", "t3", "t4b")
    assert tuple(opened.stages) == opened.stage_names
    stage = opened.stages["t2"]
    assert stage.picture.acquisition.synthetic and stage.picture.shape == opened.base.shape
    assert stage.caption.deepest_layer == "muscularis propria" and "T2" in stage.text and stage.title
    assert (stage.labels.labels != opened.labels.labels).any()
    assert opened.stages["normal"].labels is opened.labels
    assert opened.answers().answers["which-t-now"].choice == "T2"
    assert Path(opened.folder).name == opened.case.id == "rectum-one-layer-deeper"
    assert open_case(opened.folder).case == opened.case
