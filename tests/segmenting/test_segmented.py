"""`u3edu segment`: good files are processed, the others named with a reason."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from rich.progress import Progress

from tests.segmenting.command import ThresholdEngine, run, save, save_structure_set, written
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.slice import Slice


def test_each_slice_gets_a_label_map_and_each_series_a_description(scan: Path) -> None:
    result = run("segment", scan)
    assert result.exit_code == 0
    assert result.stdout == "segmented 3 slices of 1 series into scan-segmented\n"
    folder = "ct_scan-1.2.3"
    assert written("scan-segmented") == [f"{folder}/elements.json"] + [
        f"{folder}/slice-00{number}.png" for number in (1, 2, 3)
    ]
    record = json.loads(Path("scan-segmented", folder, "elements.json").read_text())
    assert record["model"] == "chest-ct"
    assert record["elements"][1] == {"label": 1, "name": "soft tissue", "colour": "#e69f00", "mean": 0.0}
    assert [one["position_mm"] for one in record["slices"]] == [0, 5, 10]
    assert [one["instance_uid"] for one in record["slices"]] == ["1.2.3.2", "1.2.3.3", "1.2.3.1"]
    with Image.open(Path("scan-segmented", folder, "slice-001.png")) as picture:
        expected = ThresholdEngine("").segment(read_slice(scan / "2.dcm"))
        np.testing.assert_array_equal(np.asarray(picture), expected.labels)
    shares = record["slices"][0]["shares"]
    np.testing.assert_allclose(shares, expected.shares(), atol=1e-6)


def test_nothing_of_the_person_is_written(scan: Path) -> None:
    save(scan / "CompressedSamples^CT1.dcm", position=20)
    run("segment", scan)
    everything = b"".join(path.read_bytes() for path in Path("scan-segmented").rglob("*") if path.is_file())
    assert b"CompressedSamples" not in everything
    assert not any("CompressedSamples" in name for name in written("scan-segmented"))


def test_mr_is_segmented_by_the_pelvic_model_unless_another_is_named(tmp_path: Path) -> None:
    save(tmp_path / "mri" / "1.dcm", "mr")
    assert run("segment", "mri").exit_code == 0
    record = json.loads(Path("mri-segmented", "mr_scan-1.2.3", "elements.json").read_text())
    assert record["model"] == "pelvic-mri"
    result = run("segment", "mri", "--model", "brain-mri", "--output", "other")
    assert result.exit_code == 1
    assert "no model is called 'brain-mri'" in result.stderr
    assert written("other") == []


def test_a_bias_field_is_divided_out_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flat(picture: Slice) -> Slice:
        return picture.with_pixels(np.linspace(-1, 1, picture.pixels.size).reshape(picture.shape))

    monkeypatch.setattr("u3edu.imaging.bias_field.without_bias", flat)
    save(tmp_path / "mr" / "one.dcm", "mr")
    shares = []
    for options in ([], ["--remove-bias"]):
        result = run("segment", tmp_path / "mr", "--output", tmp_path / "out", "--overwrite", *options)
        assert result.exit_code == 0, result.output
        (file,) = (tmp_path / "out").rglob("*.png")
        shares.append(np.bincount(np.asarray(Image.open(file)).ravel(), minlength=3) / 64**2)
    assert np.allclose(shares[1], [3 / 8, 1 / 4, 3 / 8], atol=0.01)
    assert not np.allclose(shares[0], shares[1], atol=0.01)


def test_files_that_are_no_slice_are_named_and_the_good_ones_processed(scan: Path) -> None:
    (scan / "notes.txt").write_text("Remember the milk.")
    (scan / "empty.dcm").touch()
    cut = save(scan / "cut.dcm", position=15)
    cut.write_bytes(cut.read_bytes()[:-5000])
    save_structure_set(scan / "contours.dcm")
    result = run("segment", scan)
    assert result.exit_code == 1
    for name, reason in (
        ("notes.txt", "not a DICOM file"),
        ("empty.dcm", "the file is empty"),
        ("cut.dcm", "cut short"),
        ("contours.dcm", "not a CT or MR slice but RT Structure Set (modality RTSTRUCT)"),
    ):
        assert f"{scan / name}: {reason}" in result.stderr
    assert "segmented 3 slices of 1 series" in result.stdout
    assert len(written("scan-segmented")) == 4


def test_a_folder_without_slices_ends_with_a_message_and_no_output(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("segment", "empty")
    assert result.exit_code == 1
    assert result.stderr == "u3edu: empty: no CT or MR slices in it\n"
    (tmp_path / "empty" / "notes.txt").write_text("Remember the milk.")
    result = run("segment", "empty")
    assert result.exit_code == 1
    assert "empty/notes.txt: not a DICOM file" in result.stderr
    assert not Path("empty-segmented").exists()


def test_two_series_are_both_segmented_and_listed_to_choose_from(scan: Path) -> None:
    save(scan / "more" / "9.dcm", "mr", series="1.2.4")
    result = run("segment", scan)
    assert result.exit_code == 1
    assert "2 series" in result.stderr
    assert "choose one with --series" in result.stderr
    assert '1.2.3  CT, 3 slices, "ct scan"' in result.stderr
    assert '1.2.4  MR, 1 slice, "mr scan"' in result.stderr
    assert {Path(name).parts[0] for name in written("scan-segmented")} == {"ct_scan-1.2.3", "mr_scan-1.2.4"}


def test_one_of_two_series_can_be_chosen(scan: Path) -> None:
    save(scan / "more" / "9.dcm", "mr", series="1.2.4")
    result = run("segment", scan, "--series", "1.2.4")
    assert result.exit_code == 0
    assert {Path(name).parts[0] for name in written("scan-segmented")} == {"mr_scan-1.2.4"}
    result = run("segment", scan, "--series", "7.7", "--output", "other")
    assert result.exit_code == 1
    assert "no series 7.7" in result.stderr
    assert "1.2.3  CT" in result.stderr


def test_a_single_file_is_segmented_when_it_is_a_slice(scan: Path) -> None:
    result = run("segment", scan / "1.dcm")
    assert result.exit_code == 0
    assert len(written("1-segmented")) == 2
    (scan / "notes.txt").write_text("Remember the milk.")
    result = run("segment", scan / "notes.txt")
    assert result.exit_code == 1
    assert "notes.txt: not a DICOM file" in result.stderr


def test_a_missing_folder_is_said() -> None:
    result = run("segment", "nothing")
    assert result.exit_code == 1
    assert result.stderr == "u3edu: nothing: no such file or folder\n"


def test_a_slice_that_the_engine_refuses_does_not_stop_the_others(scan: Path) -> None:
    blank = pydicom.dcmread(save(scan / "blank.dcm", position=7))
    blank.set_pixel_data(np.full((128, 128), 900, np.int16), "MONOCHROME2", 16, generate_instance_uid=False)
    blank.save_as(scan / "blank.dcm")
    result = run("segment", scan)
    assert result.exit_code == 1
    assert "1 of 4 slices not segmented, first number 3: nothing in the picture" in result.stderr
    assert "segmented 3 slices" in result.stdout


def test_progress_bar_advances_with_each_slice_and_ends_full(
    scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[Progress] = []
    seen: list[float] = []

    class Kept(Progress):
        def __init__(self, *columns: str, **options: Any) -> None:
            super().__init__(*columns, **options)
            bars.append(self)

    def segment(self: ThresholdEngine, picture: Slice) -> LabelMap:
        seen.append(bars[-1].tasks[0].percentage)
        return whole(self, picture)

    whole = ThresholdEngine.segment
    monkeypatch.setattr("rich.progress.Progress", Kept)
    monkeypatch.setattr(ThresholdEngine, "segment", segment)
    result = run("segment", scan)
    (task,) = bars[-1].tasks
    # Reading three slices is the first half.
    assert seen == pytest.approx([50, 50 + 100 / 6, 50 + 200 / 6])
    assert task.finished and task.percentage == 100
    assert "100%" in result.stderr and "6/6" in result.stderr


def test_a_missing_model_is_said_once_for_all_its_series(scan: Path) -> None:
    save(scan / "more" / "9.dcm", series="1.2.4")
    result = run("segment", scan, "--model", "brain-mri")
    assert result.exit_code == 1
    assert result.stderr.count("no model is called 'brain-mri'") == 1
    assert "nothing was segmented" in result.stdout
