"""The library is found by name, in a clone, in a package, and where a hospital keeps its own."""

from pathlib import Path

import pytest

from u3edu.cases.library import folder, library_cases, library_folder
from u3edu.cases.library.folder import NoSuchCase, case_folder


def test_a_clone_has_the_library_at_its_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("U3EDU_CASES", raising=False)
    assert library_folder() == Path(__file__).parents[3] / "cases"


def test_a_package_has_it_beside_its_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("U3EDU_CASES", raising=False)
    monkeypatch.setattr(folder, "_PACKAGED", tmp_path)
    assert library_folder() == tmp_path
    monkeypatch.setattr(folder, "_PACKAGED", tmp_path / "none")
    monkeypatch.setattr(folder, "_CLONED", tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="set U3EDU_CASES"):
        library_folder()


def test_the_variable_names_another_and_only_folders_with_a_case_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("b", "a", "no-case"):
        (tmp_path / name).mkdir()
    for name in ("b", "a"):
        (tmp_path / name / "case.yaml").touch()
    monkeypatch.setenv("U3EDU_CASES", str(tmp_path))
    assert library_cases() == {"a": tmp_path / "a", "b": tmp_path / "b"}
    with pytest.raises(NoSuchCase, match="no case is called 'c'; there are a, b"):
        case_folder("c")
    monkeypatch.setenv("U3EDU_CASES", str(tmp_path / "nowhere"))
    with pytest.raises(NotADirectoryError, match="is no folder; name a folder of cases"):
        library_folder()
