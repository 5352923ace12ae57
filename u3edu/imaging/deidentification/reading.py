"""Read a DICOM file up to the end of its pixels, without a word of it reaching a log."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydicom import FileDataset, config
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from u3edu.imaging.archive import Location
from u3edu.imaging.header import opened, path_of, refuse_what_swells

PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True, eq=False)
class Original:
    """A file before de-identification.

    Parameters
    ----------
    dataset : pydicom.FileDataset
        Everything up to the pixels.
    trailing_bytes, preamble_bytes : int
        How many bytes stand behind the pixels; how many before the header are not zero.
    """

    dataset: FileDataset
    trailing_bytes: int
    preamble_bytes: int


@contextmanager
def quietly() -> Iterator[None]:
    """Keep pydicom's remarks, which quote values, out of warnings and logs."""
    logger, mode = logging.getLogger("pydicom"), config.settings.reading_validation_mode
    disabled = logger.disabled
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.disabled, config.settings.reading_validation_mode = True, config.IGNORE
        try:
            yield
        finally:
            logger.disabled, config.settings.reading_validation_mode = disabled, mode


def read_original(location: Location) -> Original:
    """Read a file; what stands behind its pixels is counted and never looked at.

    Raises
    ------
    Exception
        Of any kind where the file is damaged or not DICOM.
    """
    pixels_seen = False

    def behind_the_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        nonlocal pixels_seen
        stop, pixels_seen = pixels_seen, pixels_seen or tag == PIXEL_DATA
        return stop

    with opened(location) as file:
        refuse_what_swells(path_of(location), file)
        dataset = read_partial(file, stop_when=behind_the_pixels)
        end = file.tell()
        trailing = max(0, file.seek(0, os.SEEK_END) - end)
    preamble = sum(byte != 0 for byte in dataset.preamble or b"")
    return Original(dataset, trailing, preamble)
