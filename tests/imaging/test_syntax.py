"""Transfer syntaxes: lossless ones give the same pixels, and what a frame claims is checked first."""

import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import examples
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels import get_decoder
from pydicom.uid import (
    UID,
    JPEG2000Lossless,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.imaging.pictures import LOSSLESS, lossy_pictures, transcoded
from u3edu.imaging import decoding, header, isolated, series, syntax
from u3edu.imaging.dicom import RawSlice, read_raw, read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.isolated import DecoderCrashed, IsolatedDecoder
from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.syntax import frame_size, inflated_beyond


@pytest.mark.parametrize("kind", LOSSLESS, ids=lambda uid: UID(uid).keyword)
@pytest.mark.parametrize("name", ["ct", "mr"])
def test_every_lossless_syntax_gives_the_same_slice(name: str, kind: UID, tmp_path: Path) -> None:
    original = Path(examples.get_path(name))
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(original, kind))
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == kind
    picture, expected = read_slice(path), read_slice(original)
    np.testing.assert_array_equal(picture.pixels, expected.pixels)
    assert picture.acquisition == expected.acquisition


def test_lossy_syntaxes_are_read_near_to_the_original_or_refused_in_words(tmp_path: Path) -> None:
    for kind, (plain, compressed) in lossy_pictures(tmp_path).items():
        assert pydicom.dcmread(compressed).file_meta.TransferSyntaxUID == kind
        if kind == JPEGExtended12Bit:  # none of the decoders reads more than 8 bits of it
            with pytest.raises(UnreadableSlice, match=r"12-bit precision.*uncompressed copy"):
                read_slice(compressed)
            continue
        expected = read_slice(plain).raw
        difference = np.abs(read_slice(compressed).raw - expected).max()
        assert difference <= 0.01 * expected.max(), kind.name


@pytest.mark.parametrize("kind", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless])
def test_a_frame_says_its_size(kind: UID, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(Path(examples.get_path("ct")), kind))
    dataset = pydicom.dcmread(path)
    assert frame_size(get_frame(dataset.PixelData, 0, number_of_frames=1)) == (128, 128)


def test_run_length_frames_and_damage_say_no_size() -> None:
    for frame in (b"", b"\xff\xd8", b"\xff\xd8\xff\xc0\x00\x01", b"\xff\x4f\xff\x51\x00", bytes(64)):
        assert frame_size(frame) is None


@pytest.mark.parametrize("kind", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless])
def test_a_frame_that_claims_another_size_is_never_decoded(
    kind: UID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(Path(examples.get_path("ct")), kind))
    dataset = pydicom.dcmread(path)
    frame = bytearray(get_frame(dataset.PixelData, 0, number_of_frames=1))
    if kind == JPEG2000Lossless:
        frame[8:16] = (60000).to_bytes(4, "big") * 2  # Xsiz and Ysiz: 14 GB if it were believed
    else:
        at = frame.find((128).to_bytes(2, "big") * 2)
        frame[at : at + 4] = (60000).to_bytes(2, "big") * 2
    dataset.PixelData = encapsulate([bytes(frame)])
    dataset.save_as(path)
    monkeypatch.setattr("u3edu.imaging.dicom.decode_frame", lambda *_: pytest.fail("was decoded"))
    with pytest.raises(UnreadableSlice, match=r"compressed picture \(60000, 60000\)"):
        read_slice(path)


def test_a_deflated_file_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bomb = deflate.compress(bytes(2**24)) + deflate.flush()
    assert inflated_beyond(bomb, 2**23)
    assert not inflated_beyond(bomb, 2**25)
    assert not inflated_beyond(b"", 10)
    monkeypatch.setattr(header, "MOST_BYTES_INFLATED", 1000)
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(Path(examples.get_path("ct")), LOSSLESS[3]))
    with pytest.raises(UnreadableSlice, match="inflates to more than"):
        read_slice(path)


def test_another_decoder_is_asked_where_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(Path(examples.get_path("ct")), JPEG2000Lossless))
    asked = []
    whole = syntax.pixel_array

    def fails_first(dataset: pydicom.Dataset, **options: object) -> np.ndarray:
        asked.append(options["decoding_plugin"])
        if len(asked) == 1:
            raise RuntimeError("not this one")
        return whole(dataset, **options)

    expected = read_slice(examples.get_path("ct"))
    monkeypatch.setattr(syntax, "pixel_array", fails_first)
    np.testing.assert_array_equal(read_slice(path).pixels, expected.pixels)
    assert asked[:2] == ["pylibjpeg", "pillow"]


def test_run_length_needs_no_further_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pydicom" in get_decoder(RLELossless).available_plugins
    picture = read_slice(Path(str(pydicom.data.get_testdata_file("MR_small_RLE.dcm"))))
    np.testing.assert_array_equal(picture.pixels, read_slice(examples.get_path("mr")).pixels)


@pytest.fixture
def lossless_jpeg(tmp_path: Path) -> tuple[pydicom.Dataset, bytes]:
    """A picture's header and its compressed frame."""
    path = tmp_path / "a.dcm"
    path.write_bytes(transcoded(Path(examples.get_path("ct")), JPEGLosslessSV1))
    dataset = pydicom.dcmread(path)
    return dataset, get_frame(dataset.PixelData, 0, number_of_frames=1)


def test_a_decoder_in_its_own_process_decodes_refuses_and_starts_again(
    lossless_jpeg: tuple[pydicom.Dataset, bytes],
) -> None:
    dataset, frame = lossless_jpeg
    decoder = IsolatedDecoder("gdcm")
    try:
        expected = pydicom.dcmread(examples.get_path("ct")).pixel_array
        np.testing.assert_array_equal(decoder.decode(dataset, frame), expected)
        with pytest.raises(ValueError, match="decod"):
            decoder.decode(dataset, b"\xff\xd8hello")
        assert decoder._process is not None
        decoder._process.kill()
        decoder._process.wait()
        np.testing.assert_array_equal(decoder.decode(dataset, frame), expected)
    finally:
        decoder.stop()


@pytest.mark.parametrize("code", ["sys.stdin.buffer.read(8); os._exit(11)", "time.sleep(60)"])
def test_a_decoder_that_crashes_or_hangs_is_ended_and_said(
    lossless_jpeg: tuple[pydicom.Dataset, bytes], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(isolated, "MOST_SECONDS", 0.5)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    broken = subprocess.Popen([sys.executable, "-c", f"import os, sys, time; {code}"], **pipes)
    decoder = IsolatedDecoder("gdcm")
    decoder._process = broken
    with pytest.raises(DecoderCrashed, match="gdcm ended on it"):
        decoder.decode(*lossless_jpeg)
    assert broken.poll() is not None
    assert decoder._process is None


def test_files_are_read_side_by_side_and_progress_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = pydicom.dcmread(examples.get_path("ct"))
    for index in range(8):
        dataset.ImagePositionPatient = [0, 0, index]
        dataset.SOPInstanceUID = f"1.2.{index}"
        dataset.save_as(tmp_path / f"{index}.dcm")
    at_once, most, lock = 0, 0, threading.Lock()

    def slow(location: Path) -> RawSlice:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)  # as a network drive would take
        with lock:
            at_once -= 1
        return read_raw(location)

    monkeypatch.setattr(decoding, "read_raw", slow)
    told: list[tuple[int, int]] = []
    scan = scan_folder(tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(number, 8) for number in range(1, 9)]
    told.clear()
    assert len(series.read_files(scan.series[0], lambda done, total: told.append((done, total)))) == 8
    assert told == [(number, 8) for number in range(1, 9)]
    assert most > 1
