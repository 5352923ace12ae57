"""Pictures that look different from every side, in planes that lie obliquely."""

from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom import Dataset, examples

from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.deidentification.deidentify import deidentify
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.geometry import Plane
from u3edu.imaging.slice import Slice

ELEMENTS = (
    Element("air", "#000000", -0.9),
    Element("muscle", "#d55e00", 0.0),
    Element("fat", "#f0e442", 0.5),
    Element("bone", "#56b4e9", 0.9),
)
# Rows 20 degrees out of the axial plane, columns 30 degrees: no axis is a picture's axis.
OBLIQUE = Plane(
    corner=(-81.5, -60.25, 133.0),
    along_row=(0.9396926, 0.0, -0.3420201),
    along_column=(0.1710101, 0.8660254, 0.4698463),
)


def picture_of(modality: str, *, synthetic: bool = False, plane: Plane | None = OBLIQUE) -> Slice:
    """A ramp down, a steeper one across, and a bright corner: no flip or turn leaves it as it is."""
    rows, columns = np.mgrid[:96, :128]
    raw = (rows * 3 + columns * 7).astype(np.float32)
    raw[:9, :5] = 1500
    made = slice_from_array(raw, modality=modality, spacing=(0.8, 0.6))
    return Slice(made.pixels, replace(made.acquisition, plane=plane, synthetic=synthetic))


@pytest.fixture(params=["CT", "MR"])
def picture(request: pytest.FixtureRequest) -> Slice:
    return picture_of(request.param)


@pytest.fixture
def label_map(picture: Slice) -> LabelMap:
    """Bands of four elements, turned by no symmetry into each other."""
    labels = np.digitize(picture.pixels, np.quantile(picture.pixels, [0.2, 0.5, 0.7]))
    return LabelMap(labels.astype(np.uint8), ELEMENTS, picture.acquisition)


@pytest.fixture
def source(picture: Slice) -> Dataset:
    """A de-identified picture of the same modality."""
    original = pydicom.dcmread(examples.get_path(picture.acquisition.modality.lower()))
    return deidentify(original, Pseudonyms(bytes(range(32))), pixels_looked_at=True)
