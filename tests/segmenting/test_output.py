"""Where `u3edu segment` writes, and what it leaves alone."""

from pathlib import Path

import pydicom
import pytest

from tests.segmenting.command import run, save, written


def test_series_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for root in ("1.5", "1.6"):
        save(tmp_path / "scan" / root / "1.dcm", series=f"{root}.100200")
    run("segment", "scan")
    assert written("scan-segmented") == [
        f"series-{root}.100200/{name}"
        for root in ("1.5", "1.6")
        for name in ("elements.json", "slice-001.png")
    ]


def test_a_header_cannot_lead_out_of_the_output_folder(tmp_path: Path) -> None:
    path = save(tmp_path / "scan" / "1.dcm")
    dataset = pydicom.dcmread(path)
    dataset.SeriesDescription = "../../../escaped"
    dataset.save_as(path)
    assert run("segment", "scan", "--output", "deep/er/out").exit_code == 0
    assert written("deep/er/out") == [
        "_.._.._escaped-1.2.3/elements.json",
        "_.._.._escaped-1.2.3/slice-001.png",
    ]


def test_nothing_is_overwritten_unless_asked_for(scan: Path) -> None:
    mine = Path("scan-segmented", "mine.txt")
    mine.parent.mkdir()
    mine.write_text("keep me")
    result = run("segment", scan)
    assert result.exit_code == 1
    assert "scan-segmented is not empty" in result.stderr
    assert "--overwrite" in result.stderr
    assert written("scan-segmented") == ["mine.txt"]
    assert run("segment", scan, "--overwrite").exit_code == 0
    assert mine.read_text() == "keep me"


def test_overwriting_leaves_no_label_map_of_an_earlier_run(scan: Path) -> None:
    run("segment", scan)
    (scan / "1.dcm").unlink()
    run("segment", scan, "--overwrite")
    assert [name for name in written("scan-segmented") if "003" in name] == []


def test_an_output_inside_the_folder_is_no_problem_the_next_time(scan: Path) -> None:
    inside = scan / "labels"
    assert run("segment", scan, "--output", inside).exit_code == 0
    result = run("segment", scan, "--output", inside, "--overwrite")
    assert result.exit_code == 0
    assert "labels" not in result.stderr


@pytest.mark.parametrize("output", ["taken", "taken/below"])
def test_an_output_that_cannot_be_a_folder_is_said_before_any_work(scan: Path, output: str) -> None:
    Path("taken").write_text("a file")
    result = run("segment", scan, "--output", output)
    assert result.exit_code == 1
    assert output in result.stderr
    assert "--output" in result.stderr


def test_a_file_that_cannot_be_written_is_said(scan: Path) -> None:
    Path("out").mkdir()
    Path("out", "ct_scan-1.2.3").write_text("a file where the series' folder should be")
    result = run("segment", scan, "--output", "out", "--overwrite")
    assert result.exit_code == 1
    assert "ct_scan-1.2.3: cannot be written" in result.stderr
