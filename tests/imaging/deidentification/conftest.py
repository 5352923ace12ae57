"""A key for tests, and a series in which every attribute is a canary."""

from pathlib import Path

import pytest

from tests.imaging.deidentification.canaries import Planter, canary_file
from u3edu.imaging.deidentification.identifiers import Pseudonyms


@pytest.fixture(scope="package")
def pseudonyms() -> Pseudonyms:
    return Pseudonyms(bytes(range(32)))


@pytest.fixture(scope="package")
def canary_series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planter]:
    """A folder with two slices, and the planter that knows how many canaries they hold.

    The first has a canary in every attribute, the second in those of patient, study and series.
    """
    planter = Planter()
    folder = tmp_path_factory.mktemp("canaries") / "archive"
    for number in (1, 2):
        canary_file(folder / f"DOE_ZQKF{number:04d}.dcm", planter, number=number, few=number > 1)
    return folder, planter
