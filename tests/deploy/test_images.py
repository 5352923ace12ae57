"""The container file passes its linter, and its images hold what they should and run as nobody's root."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import u3edu

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
TEXT = CONTAINERFILE.read_text("utf-8")
STAGES = dict(re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", TEXT, re.M | re.S))


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    result = subprocess.run(
        [hadolint, "--failure-threshold", "style", CONTAINERFILE], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("stage", ["course", "classroom", "engine"])
def test_what_runs_in_an_image_runs_as_an_ordinary_user_in_the_home_folder(stage: str) -> None:
    assert re.findall(r"^USER (.*)$", STAGES[stage], re.M) == ["1000"]
    assert re.findall(r"^WORKDIR (.*)$", STAGES[stage], re.M) == ["/home/jovyan"]
    assert "-c constraints.txt" in STAGES[stage]


def test_the_courseware_lies_outside_the_home_folder_and_is_nobodys_to_change() -> None:
    assert "WORKDIR /opt/u3edu" in STAGES["base"]
    assert "chmod -R u=rwX,go=rX ." in STAGES["base"]
    assert "USER" not in STAGES["base"]  # so root owns what is copied


def test_nothing_that_an_image_needs_is_left_out() -> None:
    ignored = {
        line.rstrip("/")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    }
    needed = {"LICENSE", "NOTICE", "README.md", "constraints.txt", "deploy", "notebooks", "postBuild"}
    needed |= {"cases", "pyproject.toml", "start", "u3edu"}
    assert all((ROOT / name).exists() for name in needed)
    assert not needed & ignored
    assert {".git", ".venv"} <= ignored


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install .` of the container file installs."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob(f"u3edu-{u3edu.__version__}-*.whl")
    return wheel


def test_a_wheel_holds_weights_samples_and_the_tested_versions(wheel: Path) -> None:
    listing = subprocess.run([sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True)
    for file in (
        "u3edu/doctor/constraints.txt",
        "u3edu/imaging/samples/pelvic-mri.png",
        "u3edu/model/weights/chest-ct.safetensors",
        "u3edu/model/weights/pelvic-mri.json",
        "u3edu/classroom/migrations/env.py",
    ):
        assert file in listing.stdout


def test_every_way_into_a_server_of_the_course_goes_through_start() -> None:
    assert 'ENTRYPOINT ["tini", "--", "/opt/u3edu/start"]' in STAGES["course"]
    assert "COPY . ." in STAGES["base"]
    for name in ("start", "postBuild"):  # which repo2docker looks for at the root, and runs
        assert (ROOT / name).stat().st_mode & 0o111


# A test of the workbook in small: a case of the library, and an answer that is kept.
TEST_OF_THE_WORKBOOK = """
import json, pathlib, u3edu
from u3edu.cases.library import library_cases, library_folder, open_case
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.practice import answers_file, practice_session
stage = next(iter(open_case("rectum-mucin").stages.values()))
builder = QuizBuilder("One", "A question.", dataset="pelvic MRI", seed=1)
builder.stage_it(stage.picture, "Which?", ("T1", "T2"), "T2", "So it is.")
try:
    (library_folder() / "new").touch()
    written = True
except OSError:
    written = False
try:
    (pathlib.Path(u3edu.__file__).parent / "new").touch()
    written = True
except OSError:
    pass
session = practice_session(*builder.build(), "one")
session.answer("T2")
print(json.dumps({"cases": sorted(library_cases()), "folder": str(library_folder()), "written": written,
                  "score": str(session.score()), "kept": str(answers_file("one").resolve())}))
"""


@pytest.mark.parametrize("way", ["container", "repo2docker"])
def test_a_trainees_server_finds_the_cases_where_it_cannot_write_and_keeps_answers_in_the_home(
    way: str, wheel: Path, tmp_path: Path
) -> None:
    course, home = tmp_path / "course", tmp_path / "home"
    home.mkdir()
    course.mkdir()
    for name in ("cases", "notebooks", "u3edu"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", "answers"))
    shutil.copy(ROOT / "start", course)
    package = course  # environment.yml installs the clone as it lies there
    if way == "container":
        package = tmp_path / "site-packages"
        shutil.unpack_archive(wheel, package, "zip")
    for folder in (course, package):
        subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("U3EDU_")}
    environment |= {"HOME": str(home), "PYTHONPATH": str(package)}
    command = [course / "start", sys.executable, "-c", TEST_OF_THE_WORKBOOK]
    # Root may write everywhere, unless it gives that up.
    as_nobodys_root = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    result = subprocess.run(
        [*as_nobodys_root, *command],
        capture_output=True,
        text=True,
        env=environment,
        cwd=course / "notebooks",
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["folder"].startswith(str(package)) and not said["written"]
    assert said["cases"] == sorted(path.parent.name for path in (ROOT / "cases").glob("*/case.yaml"))
    assert said["score"] == "1 of 1 answered, 1 right"
    assert said["kept"] == str(home / "workbook" / "answers" / "one.jsonl")
    assert Path(said["kept"]).stat().st_size
    assert (home / "workbook" / "00_start_here.ipynb").exists()
