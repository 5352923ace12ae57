"""Nothing of a person leaves: canaries in every attribute of a series, and not one comes out."""

import logging
import re
import traceback
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.datadict import keyword_for_tag

from tests.imaging.deidentification.canaries import (
    BINARY,
    DIGITS,
    TEXT,
    Planter,
    canaries_in,
    canaries_under,
    canary_file,
    needed,
)
from u3edu.imaging.deidentification.folder import deidentify_files
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.deidentification.report import DeidentificationReport, write_report
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.problem import UnreadableSlice

CanarySeries = tuple[Path, Planter]
NEEDED = [keyword_for_tag(tag) for tag in sorted({*needed(0.0), 0x00280301, 0x00280008, 0x0020000E})]


def deidentified(folder: Path, pseudonyms: Pseudonyms) -> DeidentificationReport:
    pictures = [(path, None) for path in sorted(folder.iterdir())]
    report = deidentify_files(pictures, folder.parent / "out", pseudonyms, pixels_looked_at=True)
    write_report(report, folder.parent / "out")
    return report


@pytest.fixture(scope="module")
def report(canary_series: CanarySeries, pseudonyms: Pseudonyms) -> DeidentificationReport:
    return deidentified(canary_series[0], pseudonyms)


@pytest.fixture
def out(canary_series: CanarySeries, report: DeidentificationReport) -> Path:
    return canary_series[0].parent / "out"


def test_no_canary_of_any_attribute_leaves(
    canary_series: CanarySeries, report: DeidentificationReport, out: Path
) -> None:
    folder, planter = canary_series
    planted = set().union(*(canaries_in(path.read_bytes()) for path in folder.iterdir()))
    assert len(planted) == planter.count > 35_000
    assert planter.vrs == {*TEXT, *BINARY, "SQ"}
    assert report.written == 2
    found = canaries_under(out)
    print(f"{len(planted)} canaries planted in a series, {len(found)} found in what was written")
    assert found == set()
    assert canaries_in(report.in_words()) == set()


def test_no_canary_reaches_a_log_a_warning_or_the_screen(
    tmp_path: Path,
    pseudonyms: Pseudonyms,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary_file(tmp_path / "archive" / "a.dcm", Planter(), few=True)
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        deidentified(tmp_path / "archive", pseudonyms)
    printed = capfd.readouterr()
    assert canaries_in(caplog.text + printed.out + printed.err) == set()
    assert not warned


def test_numbers_that_could_be_a_patients_do_not_leave(tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    canary_file(tmp_path / "archive" / "a.dcm", Planter(pattern=DIGITS))
    assert len(canaries_under(tmp_path / "archive", DIGITS)) > 30_000
    assert deidentified(tmp_path / "archive", pseudonyms).written == 1
    assert canaries_under(tmp_path / "out", DIGITS) == set()


@pytest.mark.parametrize("keyword", NEEDED)
def test_a_refusal_quotes_nothing(keyword: str, tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    canary_file(tmp_path / "archive" / "a.dcm", Planter(), few=True, **{keyword: b"ZQKABCDE"})
    report = deidentified(tmp_path / "archive", pseudonyms)
    assert report.written + len(report.left_out) == 1
    assert canaries_under(tmp_path / "out") == set()


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's own remarks, see decision 9
@pytest.mark.parametrize("keyword", [*NEEDED, "RescaleType"])
def test_reading_without_deidentifying_quotes_nothing_either(keyword: str, tmp_path: Path) -> None:
    canary_file(tmp_path / "a.dcm", Planter(), few=True, **{keyword: b"ZQKABCDE"})
    said = "".join(str(problem) for problem in scan_folder(tmp_path).problems)
    try:
        said += repr(read_slice(tmp_path / "a.dcm"))
    except UnreadableSlice as error:
        said += "".join(traceback.format_exception(error))
    assert canaries_in(said) == set()


def test_damage_quotes_nothing(tmp_path: Path, pseudonyms: Pseudonyms) -> None:
    folder = tmp_path / "archive"
    canary_file(folder / "a.dcm", Planter(), few=True)
    whole = (folder / "a.dcm").read_bytes()
    numbers = np.random.default_rng(0)
    for number in range(16):
        damaged = bytearray(whole[: numbers.integers(200, len(whole))] if number % 2 else whole)
        for place in numbers.integers(128, len(damaged), 20):
            damaged[place] = numbers.integers(256)
        (folder / f"{number}.dcm").write_bytes(damaged)
    report = deidentified(folder, pseudonyms)
    assert report.left_out
    assert canaries_under(tmp_path / "out") == set()


def test_bits_that_the_picture_does_not_use_are_cleared(out: Path) -> None:
    values = np.frombuffer(pydicom.dcmread(out / "slice-0001.dcm").PixelData, "<u2")
    np.testing.assert_array_equal(values, np.arange(values.size) * 8 % 4096)


def test_the_report_names_attributes_and_counts_only(report: DeidentificationReport) -> None:
    # One birth date in each file, and three in each sequence (items within items).
    assert report.removed["PatientBirthDate"] % 3 == 2
    assert report.removed["overlays"] == 2 * 10
    assert report.removed["private attributes"] > 200
    assert report.preamble_bytes == 2 * len("preamble ZQK00000")
    assert report.trailing_bytes > 2 * len("trailing ZQK00000")
    assert all(re.fullmatch(r"[A-Za-z0-9 ]+", name) for name in report.removed)


def test_a_file_begins_with_zeros_and_ends_with_its_pixels(out: Path) -> None:
    content = (out / "slice-0001.dcm").read_bytes()
    assert content[:128] == bytes(128)
    assert content.endswith(pydicom.dcmread(out / "slice-0001.dcm").PixelData)
