"""A decoder in a process of its own: damaged pixels that crash it leave the notebook's kernel alive."""

import atexit
import io
import struct
import subprocess
import sys
import threading
from typing import IO

import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import UID

# What a decoder must know; the rest of the header stays here.
KEYWORDS = (
    "SOPClassUID", "SOPInstanceUID", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
)  # fmt: skip

# A picture of 512 x 512 takes some 20 ms.
MOST_SECONDS = 8.0


class DecoderCrashed(RuntimeError):
    """The decoder's process ended on a picture, or took too long and was ended."""


class IsolatedDecoder:
    """Decodes with one of pydicom's plug-ins in another process, which is started when first needed.

    Parameters
    ----------
    plugin : str
        pydicom's name of the decoder, for example ``"gdcm"``.
    """

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def decode(self, dataset: Dataset, frame: bytes) -> np.ndarray:
        """Stored values [H, W] of one compressed frame.

        Raises
        ------
        DecoderCrashed
            If the process ended on it.
        ValueError
            If the decoder refused it, with its words.
        """
        with self._lock:  # one picture at a time goes through the pipe
            process = self._running()
            watchdog = threading.Timer(MOST_SECONDS, process.kill)
            watchdog.start()
            try:
                assert process.stdin is not None and process.stdout is not None
                send(process.stdin, file_of(dataset, frame))
                answer = receive(process.stdout)
            except (OSError, EOFError):
                answer = b""
            finally:
                watchdog.cancel()
            if not answer:
                self.stop()
                raise DecoderCrashed(f"the decoder {self.plugin} ended on it")
        if answer[:1] == b"E":
            raise ValueError(answer[1:].decode("utf-8"))
        return np.load(io.BytesIO(answer[1:]), allow_pickle=False)

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, started where there is none."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "u3edu.imaging.isolated", self.plugin]
            # A session of its own: interrupting a notebook's cell is not meant for the decoder.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            atexit.register(self.stop)
        return self._process

    def stop(self) -> None:
        """End the process; the next picture starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        atexit.unregister(self.stop)


def file_of(dataset: Dataset, frame: bytes) -> bytes:
    """A DICOM file of one compressed frame, with what a decoder must know and nothing of the person."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = meta.MediaStorageSOPInstanceUID = UID("1.2")
    small = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for keyword in KEYWORDS:
        if keyword in dataset:
            small[keyword] = dataset[keyword]
    small.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])
    small["PixelData"].VR = "OB"
    small["PixelData"].is_undefined_length = True
    stream = io.BytesIO()
    small.save_as(stream)
    return stream.getvalue()


def send(stream: IO[bytes], content: bytes) -> None:
    """Write a message: its length, then itself."""
    stream.write(struct.pack("<Q", len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """Read a message that `send` wrote.

    Raises
    ------
    EOFError
        If the other side has gone.
    """
    length = stream.read(8)
    if len(length) < 8:
        raise EOFError
    content = stream.read(struct.unpack("<Q", length)[0])
    return content


def serve(plugin: str, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Decode what comes in until the other side has gone."""
    while True:
        try:
            content = receive(requests)
        except EOFError:
            return
        stream = io.BytesIO()
        try:
            dataset = pydicom.dcmread(io.BytesIO(content))
            np.save(stream, pixel_array(dataset, index=0, decoding_plugin=plugin), allow_pickle=False)
            send(answers, b"A" + stream.getvalue())
        except Exception as error:  # decoders raise anything; the words go to the person
            send(answers, b"E" + str(error).encode("utf-8"))


if __name__ == "__main__":
    serve(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
