"""Zip files and discs: read where they lie, bounded, and nothing written anywhere."""

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from u3edu.imaging import archive as archive_module
from u3edu.imaging.archive import Member
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.problem import UnreadableSeries
from u3edu.imaging.series import read_series

Writer = Callable[..., Path]


@pytest.fixture
def picture(write_dicom: Writer) -> Callable[[int], bytes]:
    """The bytes of a picture at a height of so many mm, whose pixels are so many HU."""

    def make(height: int) -> bytes:
        stored = np.full((4, 6), 1024 + height, np.uint16)
        path = write_dicom("outside/one.dcm", stored, ImagePositionPatient=[0, 0, height])
        content = path.read_bytes()
        shutil.rmtree(path.parent)
        return content

    return make


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def everything_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_zip_file_is_read_as_a_series_and_not_unpacked(
    picture: Callable[[int], bytes], tmp_path: Path
) -> None:
    members = {f"disc/{9 - height}.dcm": picture(height) for height in range(3)}
    path = zipped(tmp_path / "case.zip", {**members, "__MACOSX/._1.dcm": b"x", "disc/.hidden": b"x"})
    before = everything_under(tmp_path)
    series = read_series(path)
    assert [round(float(one.raw[0, 0])) for one in series] == [0, 1, 2]
    assert everything_under(tmp_path) == before


def test_a_zip_file_in_a_folder_is_looked_into(picture: Callable[[int], bytes], tmp_path: Path) -> None:
    (tmp_path / "0.dcm").write_bytes(picture(0))
    zipped(tmp_path / "more.ZIP", {"1.dcm": picture(1), "notes.txt": b"hello"})
    scan = scan_folder(tmp_path)
    assert len(scan.series[0]) == 2
    assert "more.ZIP/notes.txt: not a DICOM file" in str(scan.problems[0])


def test_a_name_that_leads_out_of_the_archive_writes_nothing_there(
    picture: Callable[[int], bytes], tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = zipped(inner / "evil.zip", {"../../escaped.dcm": picture(0), "/tmp/escaped.dcm": picture(1)})
    assert len(read_series(path)) == 2
    assert everything_under(tmp_path) == {"inner", "inner/evil.zip"}
    assert not Path("/tmp/escaped.dcm").exists()
    assert Member(path, "../../escaped.dcm").path == path / "escaped.dcm"


def test_a_bomb_is_refused_by_what_it_claims_and_by_what_comes_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(archive_module, "MOST_BYTES_A_MEMBER", 2**20)
    path = zipped(tmp_path / "bomb.zip", {"1.dcm": bytes(2**21)})
    assert "larger than 1 MiB" in scan_folder(path).problems[0].reason
    # The same with a lie about the size in the directory: what comes out is counted, or its
    # checksum doesn't fit.
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    assert scan_folder(path).series == ()
    assert len(scan_folder(path).problems) == 1


def test_too_many_files_and_too_many_bytes_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "many.zip", {str(number): b"12345678" for number in range(20)})
    monkeypatch.setattr(archive_module, "MOST_MEMBERS", 10)
    assert "holds 20 files" in scan_folder(path).problems[0].reason
    monkeypatch.setattr(archive_module, "MOST_MEMBERS", 100)
    monkeypatch.setattr(archive_module, "MOST_BYTES", 100)
    assert "claims to hold" in scan_folder(path).problems[0].reason


def test_locked_nested_linked_and_damaged_archives_say_what_to_do(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("1.dcm", b"x")
    path = tmp_path / "odd.zip"
    link = zipfile.ZipInfo("link.dcm")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr(link, "/etc/passwd")
        archive.writestr("locked.dcm", b"x")
    content = bytearray(path.read_bytes())
    for marker, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rfind(marker) + flags] |= 1  # the bit that says "encrypted"
    path.write_bytes(bytes(content))
    reasons = "\n".join(problem.reason for problem in scan_folder(path).problems)
    assert "zip file within a zip file" in reasons
    assert "a link" in reasons
    assert "password" in reasons
    path.write_bytes(b"PK hello")
    with pytest.raises(UnreadableSeries, match="damaged zip file"):
        read_series(path)


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A real disc with its DICOMDIR."""
    source = Path(str(get_testdata_file("DICOMDIR"))).parent
    return Path(shutil.copytree(source, tmp_path / "disc"))


def test_a_disc_is_read_by_its_folder_or_its_index(disc: Path) -> None:
    by_folder, by_index = scan_folder(disc), scan_folder(disc / "DICOMDIR")
    assert [str(one) for one in by_folder.series] == [str(one) for one in by_index.series]
    assert sum(len(one) for one in by_folder.series) > 10
    assert not any(problem.path.name == "DICOMDIR" for problem in by_folder.problems)


def test_pictures_that_the_index_lists_and_the_disc_lacks_are_named(disc: Path) -> None:
    dataset = pydicom.dcmread(disc / "DICOMDIR")
    listed = [
        record.ReferencedFileID for record in dataset.DirectoryRecordSequence if "ReferencedFileID" in record
    ]
    for name in listed[:5]:
        disc.joinpath(*name).unlink()
    problem = next(one for one in scan_folder(disc).problems if one.path.name == "DICOMDIR")
    assert f"lists {len(listed)} files, 5 of them missing" in problem.reason
    assert "/".join(listed[0]) in problem.reason


def test_an_index_with_names_in_lower_case_on_disc_misses_nothing(disc: Path) -> None:
    for path in sorted(disc.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        if path.name != "DICOMDIR" and path.name != path.name.lower():
            os.rename(path, path.with_name(path.name.lower()))
    assert not any(problem.path.name == "DICOMDIR" for problem in scan_folder(disc).problems)
