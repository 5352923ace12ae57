"""The test runner behind `make test`: all kinds run, all are counted, none fails in silence."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("runner", Path(__file__).with_name("run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # The dataclass decorator looks its module up by name.
    monkeypatch.setitem(sys.modules, "runner", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "REPORTS", tmp_path / "results")
    return module


def write_tests(folder: Path, name: str, body: str) -> list[str]:
    path = folder / f"test_{name}.py"
    path.write_text(body, encoding="utf-8")
    return [str(path)]


def test_all_kinds_run_and_are_counted_after_one_fails(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = {
        "unit": write_tests(tmp_path, "unit", "def test_a(): assert False\ndef test_b(): pass\n"),
        "notebooks": write_tests(tmp_path, "cells", "def test_c(): pass\ndef test_d(): pass\n"),
        "browser": write_tests(tmp_path, "skip", "import pytest\ndef test_e(): pytest.skip('no browser')\n"),
    }
    monkeypatch.setattr(runner, "KINDS", kinds)

    status = runner.main()

    assert status == 1
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "unit: 1 passed, 1 failed",
        "notebooks: 2 cells passed",
        "browser: 0 passed, 1 skipped",
        "3 passed, 1 failed, 1 skipped",
    ]


def test_a_kind_without_tests_is_a_failure(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "KINDS", {"unit": write_tests(tmp_path, "none", "")})

    assert runner.main() == 1
    assert "pytest ended with status 5" in capsys.readouterr().out


def test_a_users_own_data_do_not_reach_the_notebooks(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import os\ndef test_f(): assert 'U3EDU_DATA' not in os.environ\n"
    monkeypatch.setattr(runner, "KINDS", {"notebooks": write_tests(tmp_path, "data", body)})
    monkeypatch.setenv("U3EDU_DATA", str(tmp_path))

    assert runner.main() == 0
