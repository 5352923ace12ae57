"""Edited places against real tissue, of known grain and known lines."""

import numpy as np
import pytest

from tests.evaluation.pairs import ELEMENTS, picture, stripes, white
from u3edu.editing.boundaries import near_boundary
from u3edu.editing.label_map import LabelMap
from u3edu.evaluation.edit_realism import Place, edit_realism


def place(pixels: np.ndarray, size: int = 60) -> Place:
    """A square of elements in stripes amid other tissue."""
    shown = picture(pixels)
    region = np.zeros(pixels.shape, dtype=bool)
    region[20 : 20 + size, 20 : 20 + size] = True
    return Place(shown, LabelMap(stripes(pixels.shape, 12), ELEMENTS, shown.acquisition), region)


def real_places() -> list[Place]:
    return [place(white(seed, (128, 128))) for seed in range(4)]


def test_an_edit_with_the_grain_of_real_tissue_is_perfect() -> None:
    edit = edit_realism([place(white(9, (128, 128)))], real_places())
    assert edit.decibels == pytest.approx(np.zeros(4), abs=0.7)
    assert edit.boundary == pytest.approx(1, abs=0.15)
    assert edit.flat == pytest.approx(1, abs=0.15)
    assert edit.noise == pytest.approx(1, abs=0.1)
    assert edit.gradients < 0.05
    assert edit.real_windows == 4 * edit.windows > 4 * 13**2


def test_only_the_edit_counts_and_its_missing_grain_shows() -> None:
    smooth = white(9, (128, 128))
    smooth[20:80, 20:80] /= 4
    smooth[90:] = 1
    edit = edit_realism([place(smooth)], real_places())
    assert edit.decibels[1:] == pytest.approx(np.full(3, -12.0), abs=1.5)
    assert edit.noise == pytest.approx(0.25, rel=0.15)
    assert edit.flat > 3


def test_lines_along_the_painted_elements_show() -> None:
    lined = white(9, (128, 128)) + np.where(near_boundary(stripes((128, 128), 12)), 0.3, 0).astype(np.float32)
    assert edit_realism([place(np.clip(lined, -1, 1))], real_places()).boundary > 2


def test_an_edit_smaller_than_a_window_has_no_spectrum_but_the_rest() -> None:
    edit = edit_realism([place(white(9, (128, 128)), size=12)], real_places())
    assert (edit.windows, np.isnan(edit.decibels).all()) == (0, True)
    assert edit.noise == pytest.approx(1, abs=0.35)


def test_an_empty_edit_is_refused() -> None:
    with pytest.raises(ValueError, match="edits: no pixel to measure"):
        edit_realism([place(white(9, (128, 128)), size=0)], real_places())
