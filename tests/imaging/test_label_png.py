"""Label maps as PNG files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.label_png import write_label_png


@pytest.mark.parametrize("count", [2, 10, 40])
def test_pixel_values_are_the_labels_and_colours_those_of_the_elements(tmp_path: Path, count: int) -> None:
    elements = tuple(Element(f"e{i}", f"#{i:02x}{255 - i:02x}{3 * i:02x}", 0.0) for i in range(count))
    labels = np.random.default_rng(0).integers(0, count, (33, 17)).astype(np.uint8)
    acquisition = slice_from_array(np.zeros((33, 17))).acquisition
    path = tmp_path / "labels.png"
    write_label_png(LabelMap(labels, elements, acquisition), path)
    with Image.open(path) as picture:
        assert picture.mode == "P"
        np.testing.assert_array_equal(np.asarray(picture), labels)
        colours = np.array([element.rgb for element in elements])
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), colours[labels])
