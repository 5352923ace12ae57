"""`start`: the workbook comes into the home folder, and what a trainee has there stays."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKBOOK = {"00_start_here.ipynb", "01_segment.ipynb"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course as it lies in an image: nobody's to change."""
    course = tmp_path / "course"
    (course / "notebooks" / "answers").mkdir(parents=True)
    shutil.copy(ROOT / "start", course)
    for name in (*WORKBOOK, "research_settings.ipynb", "answers/of-a-teacher.jsonl"):
        (course / "notebooks" / name).write_text("of the course")
        (course / "notebooks" / name).chmod(0o444)
    return course


def start(course: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    words = command or ("echo", "the server starts")
    environment = os.environ | {"HOME": str(home)}
    return subprocess.run([course / "start", *words], env=environment, capture_output=True, text=True)


def test_the_workbook_is_copied_and_can_be_written_to(course: Path, tmp_path: Path) -> None:
    result = start(course, tmp_path)
    assert result.stdout == "the server starts\n"
    notebook = tmp_path / "workbook" / "00_start_here.ipynb"
    assert notebook.read_text() == "of the course"
    assert notebook.stat().st_mode & 0o200
    names = {path.name for path in (tmp_path / "workbook").iterdir()}
    assert names == WORKBOOK


def test_what_a_trainee_changed_stays_and_what_is_missing_comes_back(course: Path, tmp_path: Path) -> None:
    start(course, tmp_path)
    (tmp_path / "workbook" / "00_start_here.ipynb").write_text("the trainee's")
    (course / "notebooks" / "01_next.ipynb").write_text("of next week")
    (tmp_path / "workbook" / "01_segment.ipynb").unlink()
    start(course, tmp_path)
    assert (tmp_path / "workbook" / "00_start_here.ipynb").read_text() == "the trainee's"
    assert (tmp_path / "workbook" / "01_next.ipynb").read_text() == "of next week"
    assert (tmp_path / "workbook" / "01_segment.ipynb").read_text() == "of the course"


def test_a_home_that_cannot_be_written_to_does_not_keep_the_server_from_starting(
    course: Path, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    result = start(course, tmp_path / "home")
    assert result.stdout == "the server starts\n"
    assert result.returncode == 0


def test_what_is_started_gets_its_words_and_its_exit_status_is_passed_on(
    course: Path, tmp_path: Path
) -> None:
    assert start(course, tmp_path, "sh", "-c", 'echo "$1"; exit 7', "sh", "a b").stdout == "a b\n"
    assert start(course, tmp_path, "sh", "-c", "exit 7").returncode == 7


def test_answers_are_kept_in_the_home_folder_unless_another_is_named(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = ("sh", "-c", 'echo "$U3EDU_ANSWERS"')
    monkeypatch.delenv("U3EDU_ANSWERS", raising=False)
    assert start(course, tmp_path, *show).stdout == f"{tmp_path}/workbook/answers\n"
    monkeypatch.setenv("U3EDU_ANSWERS", "/elsewhere")
    assert start(course, tmp_path, *show).stdout == "/elsewhere\n"
