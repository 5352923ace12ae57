"""A sample of the damage that benchmarks/fuzz_dicom.py does by the thousand, and files of every kind."""

import time
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchmarks.fuzz_dicom import read_every_way
from benchmarks.reading import outcome
from tests.imaging.mutations import DAMAGE, damaged, whole_files


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return whole_files(tmp_path_factory.mktemp("whole"))


def test_whole_files_of_every_kind_are_opened(whole: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in whole.items():
        (tmp_path / name).write_bytes(content)
        assert outcome(tmp_path / name)[0] == "opened", name


def test_200_damaged_files_are_opened_or_refused_in_good_time(
    whole: dict[str, bytes], tmp_path: Path
) -> None:
    rng = np.random.default_rng(20261123)
    seen: set[str] = set()
    outcomes = []
    for number in range(200):
        name = list(whole)[number % len(whole)]
        words, content = damaged(whole[name], rng)
        seen |= set(words.split("+"))
        path = tmp_path / name
        path.write_bytes(content)
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcomes.append(read_every_way(path))  # any other exception than the reader's own fails the test
        assert time.perf_counter() - start < 10, f"{name} with {words}"
    assert seen == set(DAMAGE)
    assert set(outcomes) == {"opened", "refused"}


def test_every_file_that_comes_with_pydicom_is_opened_or_refused_with_a_reason() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    outcomes = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            outcomes[path.name], words = outcome(path)
            assert words, path
    assert set(outcomes.values()) == {"opened", "refused"}
    for name in ("CT_small.dcm", "MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm", "693_J2KI.dcm"):
        assert outcomes[name] == "opened", name
