"""A small public collection made for a test: its index, and a bucket of files behind it."""

from pathlib import Path

import numpy as np
import pytest

from tests.data.stand_in import Bucket, StandInClient
from tests.imaging.conftest import dicom_file


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """Two patients with a CT series of three pictures each, and a segmentation."""
    folder = tmp_path / "bucket"
    for patient in (1, 2):
        uid = f"1.2.3.{patient}"
        for index in range(3):
            dicom_file(
                folder / uid / f"{index}.dcm",
                np.full((4, 6), 1000 + index, np.uint16),
                SeriesInstanceUID=uid,
                ImagePositionPatient=[0, 0, index],
            )
    dicom_file(folder / "1.2.3.9" / "0.dcm", None, SeriesInstanceUID="1.2.3.9", Modality="SEG")
    return Bucket(folder)


@pytest.fixture
def client(bucket: Bucket) -> StandInClient:
    return StandInClient(bucket)
