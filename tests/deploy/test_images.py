"""The container file passes its linter, and its images hold what they should and run as nobody's root."""

import re
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


def test_a_wheel_holds_weights_samples_and_the_tested_versions(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob(f"u3edu-{u3edu.__version__}-*.whl")
    listing = subprocess.run([sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True)
    for file in (
        "u3edu/doctor/constraints.txt",
        "u3edu/imaging/samples/pelvic-mri.png",
        "u3edu/model/weights/chest-ct.safetensors",
        "u3edu/model/weights/pelvic-mri.json",
        "u3edu/classroom/migrations/env.py",
    ):
        assert file in listing.stdout
