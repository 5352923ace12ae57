"""What the doctor prints, and that one check that fails does not end the others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.doctor.conftest import Examine
from u3edu.cli import app
from u3edu.doctor import clock, decoders, packages
from u3edu.doctor.finding import Finding, mind, ok, wrong
from u3edu.doctor.report import line, summary


def test_a_finding_is_a_line_and_its_advice_another() -> None:
    text = line(wrong("token", "refused\x1b[31m\nby the Hub", "start again"))
    first, second = text.splitlines()
    assert first.split(None, 2) == ["wrong", "token", "refused [31m by the Hub"]
    assert second.strip() == "→ start again"
    assert len(line(ok("token", "anna may answer")).splitlines()) == 1


def test_the_summary_counts_each_level() -> None:
    findings = [ok("a", "b"), ok("a", "b"), mind("a", "b", "c"), wrong("a", "b", "c")]
    assert summary(findings) == "2 ok, 1 to mind, 1 wrong"
    assert summary(findings[:3]) == "2 ok, 1 to mind, 0 wrong: nothing stands in the way"


def test_a_check_that_fails_is_a_finding_and_the_next_is_made(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> Iterator[Finding]:
        raise RuntimeError("no such thing")
        yield

    monkeypatch.setattr(decoders, "check_decoders", fails)
    report = examine()
    assert report.of("wrong")["decoders"]["text"] == "could not be looked at (RuntimeError: no such thing)"
    assert "clock" in report.of("ok")
    assert report.status == 1


def test_what_cannot_be_looked_at_for_want_of_a_package_is_said(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pydicom.pixels", None)
    report = examine()
    assert "pydicom.pixels is missing" in report.of("mind")["decoders"]["text"]


def test_an_extra_of_the_notebooks_that_is_not_installed_is_worth_minding(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {"idc-index", "ray"}
    found = packages.installed_version
    monkeypatch.setattr(packages, "installed_version", lambda name: None if name in gone else found(name))
    report = examine()
    assert "pip install 'u3edu[collections]'" in report.of("mind")["extra collections"]["advice"]
    assert "cannot run the shared engine" in report.of("ok")["extra serve"]["text"]
    assert report.status == 0


def test_other_versions_than_the_tested_ones_are_named(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "tested_versions", lambda: {"numpy": "2.0.1", "torch": "2.13.0"})
    report = examine()
    text = report.of("mind")["tested versions"]["text"]
    assert text.startswith("numpy ") and text.endswith("(tested: 2.0.1)")  # torch's build does not count


def test_a_database_that_is_not_there_yet_is_not_made(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U3EDU_CLASSROOM_DATABASE", f"sqlite:///{tmp_path / 'classroom.sqlite'}")
    report = examine()
    assert "not there yet" in report.of("mind")["database"]["text"]
    assert not (tmp_path / "classroom.sqlite").exists()


def test_a_clock_before_the_installation_is_wrong(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock.time, "time", lambda: 0.0)
    assert "before u3edu was installed" in next(clock.check_clock()).text


def test_lines_are_printed_with_a_summary_at_the_end(home: Path) -> None:
    result = CliRunner().invoke(app, ["doctor"], catch_exceptions=False)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("ok     Python")
    assert lines[-1].endswith("0 wrong: nothing stands in the way")


def test_it_starts_where_the_command_cannot(home: Path, tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(\"No module named 'typer'\", name='typer')")
    program = "import sys; sys.modules['torch'] = sys.modules['pydicom'] = None; "
    program += "import runpy; runpy.run_module('u3edu.doctor', run_name='__main__')"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "not looked at: the package torch is missing" in result.stdout, result.stderr
    assert result.stdout.splitlines()[-1].endswith("wrong: nothing stands in the way")
