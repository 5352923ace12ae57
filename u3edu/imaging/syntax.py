"""How pixels are stored: which compression can be decoded here, and how large a compressed picture is."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder, pixel_array
from pydicom.uid import UID

from u3edu.imaging.isolated import IsolatedDecoder
from u3edu.imaging.multiframe import frame_count

# What `pip install u3edu[dicom]` brings beyond pydicom's own decoder (RLE) and Pillow's (JPEG of
# 8 bits, JPEG 2000): JPEG-LS, High-Throughput JPEG 2000, lossless JPEG.
DECODERS_HINT = "pip install 'u3edu[dicom]'"

# In this order; the next is asked where one can't.
DECODERS = ("pydicom", "pylibjpeg", "pyjpegls", "pillow")
# The only one for lossless JPEG. Damaged data can crash it (2 of 12,000 damaged files did), so it
# works in a process of its own, and after all others.
LAST_DECODER = IsolatedDecoder("gdcm")

JPEG_START, JPEG2000_START = b"\xff\xd8", b"\xff\x4f\xff\x51"


def reason_not_to_decode(dataset: Dataset) -> str:
    """Why the pixels' transfer syntax cannot be decoded here; empty where it can."""
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if not syntax:
        return "the header doesn't say how the pixels are stored (TransferSyntaxUID is missing)"
    if not is_compressed(syntax):
        return ""
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        return f"the pixels are compressed as {syntax.name}, which cannot be decoded"
    if not decoder.is_available:
        return (
            f"the pixels are compressed as {syntax.name} and no decoder for it is installed; run: "
            f"{DECODERS_HINT}"
        )
    return ""


def is_compressed(syntax: UID) -> bool:
    """Whether pixels come as encapsulated frames; a deflated file is whole again once it is open."""
    return bool(syntax.is_compressed and not syntax.is_deflated)


def decode_frame(dataset: Dataset, frame: int) -> np.ndarray:
    """Stored values of one frame, by the first decoder that can read it.

    Raises
    ------
    Exception
        Whatever pydicom or the last decoder raises.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if not is_compressed(syntax):
        return pixel_array(dataset, index=frame)
    installed = get_decoder(syntax).available_plugins
    refusal: Exception = RuntimeError(f"no decoder for {syntax.name} is installed; run: {DECODERS_HINT}")
    for name in DECODERS:
        if name in installed:
            try:
                return pixel_array(dataset, index=frame, decoding_plugin=name)
            except Exception as error:  # the next one may read what this one can't
                refusal = error
    if LAST_DECODER.plugin in installed:
        encoded = get_frame(dataset.PixelData, frame, number_of_frames=frame_count(dataset))
        return LAST_DECODER.decode(dataset, encoded)
    raise refusal


def frame_size(frame: bytes) -> tuple[int, int] | None:
    """Rows and columns that a compressed frame says it has.

    A decoder takes memory for the size in the frame itself, whatever the DICOM header says, so
    the two are compared before it is let loose.

    Parameters
    ----------
    frame : bytes
        JPEG, JPEG-LS or JPEG 2000.

    Returns
    -------
    tuple of int or None
        None where there is no such size (run-length encoding, damage).
    """
    start = frame.find(JPEG2000_START, 0, 1024)  # a JP2 file's boxes may stand before it
    if start >= 0 and len(frame) >= start + 24:
        right, lower, left, upper = struct.unpack(">4I", frame[start + 8 : start + 24])
        return lower - upper, right - left
    if frame.startswith(JPEG_START):
        for marker, content in _jpeg_segments(frame):
            # Start of frame: FFC0 to FFCF but for three other markers; FFF7 is that of JPEG-LS.
            if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
                if len(content) < 5:
                    return None
                rows, columns = struct.unpack(">2H", content[1:5])
                return rows, columns
    return None


def _jpeg_segments(frame: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment before the compressed pixels."""
    at = 2
    while at + 4 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        length = int.from_bytes(frame[at + 2 : at + 4], "big")
        if length < 2:
            return
        yield marker, frame[at + 4 : at + 2 + length]
        at += 2 + length


def inflated_beyond(deflated: bytes, most: int) -> bool:
    """Whether the data set of a deflated file is larger than `most` bytes once it is inflated."""
    inflator = zlib.decompressobj(-zlib.MAX_WBITS)
    total, waiting = 0, deflated
    while waiting and not inflator.eof and total <= most:
        total += len(inflator.decompress(waiting, 2**20))
        waiting = inflator.unconsumed_tail
    return total > most
