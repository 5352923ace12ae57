"""`u3edu list` on what instructors bring: zip files, several stacks, slices that lie oddly."""

import zipfile
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from tests.imaging.conftest import dicom_file
from tests.imaging.pictures import enhanced_file
from u3edu.cli import app
from u3edu.imaging.folder import scan_folder
from u3edu.segmenting import folder_names

FRAMES = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6)


def listed(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["list", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_unequal_distances_are_said_below_the_series(tmp_path: Path) -> None:
    for index, height in enumerate([0, 2, 4, 9]):
        dicom_file(tmp_path / f"{index}.dcm", FRAMES[0], ImagePositionPatient=[0, 0, height])
    status, said = listed(tmp_path)
    assert status == 0
    assert "CT, 4 slices" in said
    assert "  unequal slice distances, 2.00 to 5.00 mm" in said


def test_a_zip_file_is_listed_like_a_folder(tmp_path: Path) -> None:
    dicom_file(tmp_path / "1.dcm", FRAMES[0])
    with zipfile.ZipFile(tmp_path / "case.zip", "w") as archive:
        archive.write(tmp_path / "1.dcm", "inside/1.dcm")
        archive.writestr("inside/readme.txt", "hello")
    status, said = listed(tmp_path / "case.zip")
    assert status == 1  # something was left out
    assert "CT, 1 slice" in said
    assert "case.zip/inside/readme.txt: not a DICOM file" in said


def test_stacks_are_listed_apart_and_get_folders_of_their_own(tmp_path: Path) -> None:
    enhanced_file(tmp_path / "e.dcm", FRAMES, stacks=["1", "1", "2", "2"])
    status, said = listed(tmp_path)
    assert status == 0
    assert "498.2/1  CT, 2 slices" in said
    assert "498.2/2  CT, 2 slices" in said
    names = folder_names(scan_folder(tmp_path).series)
    assert len(set(names)) == 2
    assert all("/" not in name for name in names)
