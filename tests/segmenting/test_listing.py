"""`u3edu list`: the series and the reasons, on what instructors bring: zip files, stacks, odd slices."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

from tests.imaging.conftest import dicom_file
from tests.imaging.pictures import enhanced_file
from tests.segmenting.command import run, save_structure_set
from u3edu.imaging.folder import scan_folder
from u3edu.segmenting import folder_names

FRAMES = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6)


def test_list_shows_series_and_problems(scan: Path) -> None:
    result = run("list", scan)
    assert result.exit_code == 0
    assert result.stdout == '1.2.3  CT, 3 slices, "ct scan"\n'
    (scan / "notes.txt").write_text("Remember the milk.")
    result = run("list", scan)
    assert result.exit_code == 1
    assert "notes.txt: not a DICOM file" in result.stderr


def test_python_m_u3edu_is_the_command(scan: Path) -> None:
    save_structure_set(scan / "contours.dcm")
    command = [sys.executable, "-m", "u3edu", "list", str(scan)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == '1.2.3  CT, 3 slices, "ct scan"\n'
    reason = "not a CT or MR slice but RT Structure Set (modality RTSTRUCT)"
    assert result.stderr == f"left out:\n  {scan / 'contours.dcm'}: {reason}\n"


def test_unequal_distances_are_said_below_the_series(tmp_path: Path) -> None:
    for index, height in enumerate([0, 2, 4, 9]):
        dicom_file(tmp_path / f"{index}.dcm", FRAMES[0], ImagePositionPatient=[0, 0, height])
    result = run("list", tmp_path)
    assert result.exit_code == 0
    assert "CT, 4 slices" in result.output
    assert "  unequal slice distances, 2.00 to 5.00 mm" in result.output


def test_a_zip_file_is_listed_like_a_folder(tmp_path: Path) -> None:
    dicom_file(tmp_path / "1.dcm", FRAMES[0])
    with zipfile.ZipFile(tmp_path / "case.zip", "w") as archive:
        archive.write(tmp_path / "1.dcm", "inside/1.dcm")
        archive.writestr("inside/readme.txt", "hello")
    result = run("list", tmp_path / "case.zip")
    assert result.exit_code == 1  # something was left out
    assert "CT, 1 slice" in result.output
    assert "case.zip/inside/readme.txt: not a DICOM file" in result.output


def test_stacks_are_listed_apart_and_get_folders_of_their_own(tmp_path: Path) -> None:
    enhanced_file(tmp_path / "e.dcm", FRAMES, stacks=["1", "1", "2", "2"])
    result = run("list", tmp_path)
    assert result.exit_code == 0
    assert "498.2/1  CT, 2 slices" in result.output
    assert "498.2/2  CT, 2 slices" in result.output
    names = folder_names(scan_folder(tmp_path).series)
    assert len(set(names)) == 2
    assert all("/" not in name for name in names)
