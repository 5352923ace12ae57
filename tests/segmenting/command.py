"""What tests of the command need: a quick engine, slices of real scanners, and running it."""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pydicom
from pydicom import examples
from pydicom.uid import RTStructureSetStorage
from typer.testing import CliRunner, Result

from u3edu.cli import app
from u3edu.editing.box import Box
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Slice


@dataclass(frozen=True)
class ThresholdEngine:
    """Three elements by intensity; quick, and known exactly."""

    name: str
    halo: int = 0
    elements: tuple[Element, ...] = (
        Element("air", "#000000", -0.5),
        Element("soft tissue", "#e69f00", 0.0),
        Element("bone", "#f0e442", 0.5),
    )

    def segment(self, picture: Slice) -> LabelMap:
        if picture.pixels.max() == picture.pixels.min():
            raise ValueError("nothing in the picture")
        labels = np.digitize(picture.pixels, [-0.25, 0.25])
        return LabelMap(labels.astype(np.uint8), self.elements, picture.acquisition)

    def synthesize(self, label_map: LabelMap) -> Slice:
        raise NotImplementedError

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        raise NotImplementedError


def save(path: Path, example: str = "ct", *, series: str = "1.2.3", position: float = 0.0) -> Path:
    """A picture of a real scanner as one slice of a series."""
    dataset = pydicom.dcmread(examples.get_path(example))
    dataset.SeriesInstanceUID = series
    dataset.SOPInstanceUID = f"{series}.{path.stem if path.stem.isdigit() else crc32(path.stem.encode())}"
    dataset.SeriesDescription = f"{example} scan"
    dataset.ImagePositionPatient = [0, 0, position]
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path)
    return path


def save_structure_set(path: Path) -> Path:
    """A radiotherapy structure set, which lies beside the slices in many exports."""
    dataset = pydicom.dcmread(examples.get_path("ct"), stop_before_pixels=True)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    dataset.Modality = "RTSTRUCT"
    dataset.save_as(path)
    return path


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def written(folder: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())
