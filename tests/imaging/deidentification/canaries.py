"""A series with a canary in every attribute that the standard knows, and where else one can hide."""

import gzip
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydicom.datadict import DicomDictionary, dictionary_VR, tag_for_keyword
from pydicom.uid import CTImageStorage

# Eight bytes, so that one fits into a double; upper case, so that one can be a code. A canary of
# digits alone is a number that could be a patient's.
WORD = b"ZQK%05X"
DIGITS = b"7310%05d"
CANARY = {WORD: re.compile(rb"ZQK[0-9A-F]{5}", re.IGNORECASE), DIGITS: re.compile(rb"7310[0-9]{5}")}
TEXT = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
BINARY = ("AT", "FD", "FL", "OB", "OD", "OF", "OL", "OV", "OW", "SL", "SS", "SV", "UL", "UN", "US", "UV")
LONG = ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
SIZE = 16


@dataclass
class Planter:
    """Hands out canaries, each once, and counts them."""

    pattern: bytes = WORD
    count: int = 0
    vrs: set[str] = field(default_factory=set)

    def next(self) -> bytes:
        self.count += 1
        return self.pattern % self.count

    def element(self, tag: int, vr: str) -> bytes:
        """An element with a canary as its value; of a sequence, canaries of all kinds within."""
        self.vrs.add(vr)
        return encoded(tag, vr, self.item() if vr == "SQ" else self.next())

    def item(self, depth: int = 0) -> bytes:
        """A sequence item: names, identifiers, dates, a private block, and an item within it."""
        inner = b"".join(
            self.element(tag, vr)
            for tag, vr in [(0x00080050, "SH"), (0x00081030, "LO"), (0x00090010, "LO"), (0x00091001, "UN"),
                            (0x00100010, "PN"), (0x00100020, "LO"), (0x00100030, "DA"), (0x0020000D, "UI")]
        )  # fmt: skip
        if depth < 2:
            inner += encoded(0x00400275, "SQ", self.item(depth + 1))
        return struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner


def encoded(tag: int, vr: str, value: bytes) -> bytes:
    """An element in explicit VR little endian."""
    value += b"\0" * (len(value) % 2) if vr in BINARY or vr == "UI" else b" " * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    length = struct.pack("<HL", 0, len(value)) if vr in LONG else struct.pack("<H", len(value))
    return head + length + value


def needed(position: float) -> dict[int, tuple[str, bytes]]:
    """What a file must say truly for its picture to be read at all."""
    us = struct.Struct("<H").pack
    return {
        0x00080016: ("UI", CTImageStorage.encode()),
        0x00080060: ("CS", b"CT"),
        0x00200013: ("IS", b"1"),
        0x00200032: ("DS", f"0\\0\\{position}".encode()),
        0x00200037: ("DS", b"1\\0\\0\\0\\1\\0"),
        0x00280002: ("US", us(1)),
        0x00280004: ("CS", b"MONOCHROME2"),
        0x00280010: ("US", us(SIZE)),
        0x00280011: ("US", us(SIZE)),
        0x00280030: ("DS", b"0.8\\0.7"),
        0x00280100: ("US", us(16)),
        0x00280101: ("US", us(12)),
        0x00280102: ("US", us(11)),
        0x00280103: ("US", us(0)),
        0x00281052: ("DS", b"-1024"),
        0x00281053: ("DS", b"1"),
    }


def pixel_bytes(planter: Planter) -> bytes:
    """A ramp of 12 bits with noise in the four bits above, and a canary behind the last pixel."""
    values = np.arange(SIZE * SIZE, dtype=np.uint16) * 8
    spare = np.random.default_rng(0).integers(0, 16, values.size).astype(np.uint16) << 12
    return (values | spare).tobytes() + planter.next()


# What makes a file another thing (frames, palettes, an icon as picture), or is no attribute.
LEFT_ALONE = {0x00080008, 0x00280008, 0x7FE00008, 0x7FE00009, 0x7FE00001, 0x7FE00002, 0x7FE00003}


def canary_file(path: Path, planter: Planter, *, number: int = 1, few: bool = False, **other: bytes) -> None:
    """Write a readable CT slice in which everything that may be is a canary.

    With `few` only attributes of the patient, the study and the equipment are. `other` replaces
    what the picture needs: ``PhotometricInterpretation=b"..."`` and so on.
    """
    true = needed(5.0 * number)
    true[0x0020000E] = ("UI", b"1.2.3")
    for keyword, value in other.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None
        true[tag] = (dictionary_VR(tag), value)
    elements: dict[int, bytes] = {tag: encoded(tag, vr, value) for tag, (vr, value) in true.items()}
    for tag, (vrs, *_) in DicomDictionary.items():
        group = tag >> 16
        if (
            tag in elements
            or tag in LEFT_ALONE
            or (few and group not in (0x08, 0x10, 0x20))
            or group in (0, 2, 0xFFFE)
            or tag >= 0x7FE00010
        ):
            continue
        vr = vrs.split(" or ")[0]
        if vr in TEXT or vr in BINARY or vr == "SQ":
            elements[tag] = planter.element(tag, vr)
    elements[0x00080008] = encoded(0x00080008, "CS", b"ORIGINAL\\PRIMARY\\AXIAL\\" + planter.next())
    elements |= private_blocks(planter) | overlays(planter)
    elements[0x43434343] = planter.element(0x43434343, "UN")  # a tag that no dictionary has
    body = b"".join(elements[tag] for tag in sorted(elements))
    body += encoded(0x7FE00010, "OW", pixel_bytes(planter))
    body += encoded(0xFFFCFFFC, "OB", planter.next()) + b"trailing " + planter.next()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(preamble(planter) + meta(planter) + body)


def private_blocks(planter: Planter) -> dict[int, bytes]:
    """Private elements of every VR in four groups, with their creators."""
    blocks = {}
    for group in (0x0009, 0x0019, 0x0029, 0x0051):
        blocks[group << 16 | 0x10] = planter.element(group << 16 | 0x10, "LO")
        for number, vr in enumerate((*TEXT, *BINARY, "SQ")):
            tag = group << 16 | 0x1000 | number
            blocks[tag] = planter.element(tag, vr)
    return blocks


def overlays(planter: Planter) -> dict[int, bytes]:
    """Two overlay planes and a retired curve, with labels and data."""
    kinds = [(0x0022, "LO"), (0x0040, "CS"), (0x1500, "LO"), (0x3000, "OW"), (0x4000, "LT")]
    groups = (0x6000 << 16, 0x601E << 16, 0x5000 << 16)
    return {group | low: planter.element(group | low, vr) for group in groups for low, vr in kinds}


def preamble(planter: Planter) -> bytes:
    return (b"preamble " + planter.next()).ljust(128, b"\0") + b"DICM"


def meta(planter: Planter) -> bytes:
    """File meta information with canaries in all that isn't needed to read on."""
    body = (
        encoded(0x00020001, "OB", b"\0\1")
        + encoded(0x00020002, "UI", CTImageStorage.encode())
        + planter.element(0x00020003, "UI")
        + encoded(0x00020010, "UI", b"1.2.840.10008.1.2.1")
        + b"".join(
            planter.element(tag, vr)
            for tag, vr in [
                (0x00020012, "UI"),
                (0x00020013, "SH"),
                (0x00020016, "AE"),
                (0x00020017, "AE"),
                (0x00020018, "AE"),
                (0x00020100, "UI"),
                (0x00020102, "OB"),
            ]
        )
    )
    return encoded(0x00020000, "UL", struct.pack("<L", len(body))) + body


def canaries_in(content: bytes | str, pattern: bytes = WORD) -> set[bytes]:
    """Every canary in some bytes, as ASCII and as UTF-16."""
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    canary = CANARY[pattern]
    return {*canary.findall(content), *canary.findall(content.replace(b"\0", b""))}


def canaries_under(folder: Path, pattern: bytes = WORD) -> set[bytes]:
    """Every canary in the files of a folder and in their names."""
    found: set[bytes] = set()
    for path in folder.rglob("*"):
        found |= canaries_in(str(path.relative_to(folder)), pattern)
        if path.is_file():
            content = path.read_bytes()
            found |= canaries_in(content, pattern)
            if path.suffix == ".gz":
                found |= canaries_in(gzip.decompress(content), pattern)
    return found
