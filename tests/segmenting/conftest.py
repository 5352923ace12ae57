"""A fake engine in an empty folder, and a series to segment."""

from pathlib import Path

import pytest

from tests.segmenting.command import ThresholdEngine, save


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake engine, and a current folder where output may be written."""

    def load_engine(name: str) -> ThresholdEngine:
        if name not in ("chest-ct", "pelvic-mri"):
            raise ValueError(f"no model is called {name!r}")
        return ThresholdEngine(name)

    monkeypatch.setattr("u3edu.engine.local.load_engine", load_engine)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A folder with three CT slices whose names are not in anatomical order."""
    for position, name in ((10.0, "1"), (0.0, "2"), (5.0, "3")):
        save(tmp_path / "scan" / f"{name}.dcm", position=position)
    return tmp_path / "scan"
