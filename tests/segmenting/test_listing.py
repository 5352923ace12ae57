"""`u3edu list`, which has the series and the reasons."""

import subprocess
import sys
from pathlib import Path

from tests.segmenting.command import run, save_structure_set


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
