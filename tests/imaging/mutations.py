"""Damage to DICOM files, drawn from a seed: bit flips, cuts, swapped tags, absurd sizes, deep sequences."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import examples
from pydicom.uid import UID

from tests.imaging.pictures import LOSSLESS, enhanced_file, transcoded

Rng = np.random.Generator

# (0028,xxxx) numbers that a reader takes memory by: SamplesPerPixel, Rows, Columns, BitsAllocated,
# BitsStored, HighBit, PixelRepresentation.
SIZES = [struct.pack("<HH", 0x0028, element) for element in (0x02, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103)]
FRAMES = struct.pack("<HH", 0x0028, 0x0008)
PIXEL_DATA = struct.pack("<HH", 0x7FE0, 0x0010)


def whole_files(folder: Path) -> dict[str, bytes]:
    """Undamaged files of every kind that is read, by name; `folder` is for work on the way."""
    files = {}
    for name in ("ct", "mr"):
        for syntax in LOSSLESS:
            files[f"{name}-{UID(syntax).keyword}.dcm"] = transcoded(Path(examples.get_path(name)), syntax)
    stored = np.arange(5 * 12 * 10, dtype=np.uint16).reshape(5, 12, 10)
    for modality in ("CT", "MR"):
        path = enhanced_file(folder / "enhanced.dcm", stored, modality=modality)
        files[f"enhanced-{modality}.dcm"] = path.read_bytes()
        files[f"enhanced-rle-{modality}.dcm"] = transcoded(path, UID("1.2.840.10008.1.2.5"))
        path.unlink()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.dcm", files["ct-ExplicitVRLittleEndian.dcm"])
        archive.writestr("a/2.dcm", files["mr-RLELossless.dcm"])
    files["two.zip"] = stream.getvalue()
    return files


def damaged(whole: bytes, rng: Rng) -> tuple[str, bytes]:
    """The file with one kind of damage, or two, and what was done."""
    kinds = [str(kind) for kind in rng.choice(list(DAMAGE), size=rng.integers(1, 3), replace=False)]
    content = bytearray(whole)
    for kind in kinds:
        content = DAMAGE[kind](content, rng)
    return "+".join(kinds), bytes(content)


def bit_flips(content: bytearray, rng: Rng) -> bytearray:
    """Flip up to 30 bits anywhere."""
    for at in rng.integers(0, len(content), rng.integers(1, 31)):
        content[at] ^= 1 << rng.integers(0, 8)
    return content


def header_bytes(content: bytearray, rng: Rng) -> bytearray:
    """Replace up to 8 bytes of the header."""
    for at in rng.integers(128, max(129, min(len(content), 2500)), rng.integers(1, 9)):
        content[min(at, len(content) - 1)] = rng.integers(0, 256)
    return content


def pixel_bytes(content: bytearray, rng: Rng) -> bytearray:
    """Replace up to 20 bytes of the (compressed) pixels, often those at their start."""
    start = content.find(PIXEL_DATA)
    first = start + 8 if start > 0 else len(content) // 2
    reach = len(content) if rng.random() < 0.5 else min(len(content), first + 200)
    for at in rng.integers(min(first, len(content) - 1), max(reach, first + 1), rng.integers(1, 21)):
        content[min(at, len(content) - 1)] = rng.integers(0, 256)
    return content


def cut(content: bytearray, rng: Rng) -> bytearray:
    """Keep the first part alone."""
    return content[: max(1, int(len(content) * rng.random()))]


def swapped_tags(content: bytearray, rng: Rng) -> bytearray:
    """Exchange the tags of two attributes."""
    places = [
        at
        for at in range(132, min(len(content) - 4, 6000), 2)
        if content[at + 1] == 0 and content[at] in (0x02, 0x08, 0x10, 0x18, 0x20, 0x28)
    ]
    if len(places) > 1:
        one, other = (int(at) for at in rng.choice(places, 2, replace=False))
        content[one : one + 4], content[other : other + 4] = (
            content[other : other + 4],
            content[one : one + 4],
        )
    return content


def absurd_sizes(content: bytearray, rng: Rng) -> bytearray:
    """Write absurd values where a reader looks for sizes, and lengths that lead nowhere."""
    for tag in SIZES:
        at = content.find(tag, 132)
        if at > 0 and rng.random() < 0.4:
            value = int(rng.choice([0, 1, 7, 255, 4096, 8191, 32768, 65535]))
            content[at + 8 : at + 10] = struct.pack("<H", value)
    at = content.find(FRAMES, 132)
    if at > 0 and rng.random() < 0.7:
        content[at + 8 : at + 10] = bytes(rng.choice([b"99", b"-1", b"1e", b"0 "]))
    if rng.random() < 0.5:
        at = int(rng.integers(132, max(133, min(len(content), 3000)))) & ~1
        content[at : at + 4] = struct.pack("<I", int(rng.choice([0xFFFFFFFF, 0x7FFFFFFF, 0x10000000, 0])))
    return content


def deep_sequences(content: bytearray, rng: Rng) -> bytearray:
    """Put sequences within sequences, up to 4,000 deep, before the pixels or at the end."""
    depth = int(rng.integers(2, 4000))
    length = 0xFFFFFFFF if rng.random() < 0.7 else int(rng.integers(0, 2**31))
    explicit = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, length)
    implicit = struct.pack("<HHI", 0x0008, 0x1140, length)
    opening = (explicit if rng.random() < 0.7 else implicit) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    at = content.find(PIXEL_DATA)
    at = at if at > 0 and rng.random() < 0.7 else int(rng.integers(132, max(133, len(content))))
    return content[:at] + opening * depth + content[at:]


def repeated_chunk(content: bytearray, rng: Rng) -> bytearray:
    """Write a part of the file once more somewhere else."""
    one, other = (int(at) for at in rng.integers(0, len(content), 2))
    return content[:other] + content[one : one + int(rng.integers(1, 400))] + content[other:]


DAMAGE: dict[str, Callable[[bytearray, Rng], bytearray]] = {
    "bit flips": bit_flips,
    "header bytes": header_bytes,
    "pixel bytes": pixel_bytes,
    "cut": cut,
    "swapped tags": swapped_tags,
    "absurd sizes": absurd_sizes,
    "deep sequences": deep_sequences,
    "repeated chunk": repeated_chunk,
}
