"""A drawn base image with numbers that no model would have written is refused in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from u3edu.cases.pictures import stored_picture
from u3edu.cases.problem import InvalidCase
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.coil_field import AMPLITUDES
from u3edu.imaging.slice import Acquisition, Levels, Slice
from u3edu.imaging.stored import write_slice

ACQUISITION = slice_from_array(np.eye(8), modality="MR", spacing=(1.0, 1.0)).acquisition


def stored(folder: Path, acquisition: Acquisition) -> Slice:
    write_slice(folder / "base.png", Slice(np.zeros((8, 8), np.float32), acquisition))
    return stored_picture(folder, "base.png")


FIELD = tuple(0.1 * number for number in range(AMPLITUDES))


@pytest.mark.parametrize("field", [None, (), FIELD])
def test_levels_coil_field_and_grain_come_back(tmp_path: Path, field: tuple[float, ...] | None) -> None:
    acquisition = replace(
        ACQUISITION, levels=Levels(-0.9, 0.3), coil_field=field, grain=1.3, element_grain=(0.5, 2.0)
    )
    assert stored(tmp_path, acquisition).acquisition == acquisition


@pytest.mark.parametrize("field", [FIELD[1:], (*FIELD[1:], 1e9)])
def test_a_coil_field_that_no_picture_has_is_refused(tmp_path: Path, field: tuple[float, ...]) -> None:
    with pytest.raises(InvalidCase, match=rf"base\.json: coil_field.*{AMPLITUDES} numbers"):
        stored(tmp_path, replace(ACQUISITION, coil_field=field))


@pytest.mark.parametrize("grain", [-0.1, 1e9])
def test_grain_that_no_picture_has_is_refused(tmp_path: Path, grain: float) -> None:
    with pytest.raises(InvalidCase, match=r"base\.json: grain"):
        stored(tmp_path, replace(ACQUISITION, grain=grain))
    with pytest.raises(InvalidCase, match=r"base\.json: element_grain"):
        stored(tmp_path, replace(ACQUISITION, element_grain=(1.0, grain)))


@pytest.mark.parametrize("levels", [(0.3, 0.3), (-2.0, 0.0), (0.0, 1.5)])
def test_levels_that_no_picture_has_are_refused(tmp_path: Path, levels: tuple[float, float]) -> None:
    with pytest.raises(InvalidCase, match=r"base\.json: levels"):
        stored(tmp_path, replace(ACQUISITION, levels=Levels(*levels)))
