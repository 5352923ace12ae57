"""Slices on disk."""

from pathlib import Path

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.problem import UnreadableSlice
from u3edu.imaging.slice import Slice
from u3edu.imaging.stored import load_slice, write_slice


@pytest.fixture
def picture() -> Slice:
    signal = np.random.default_rng(0).uniform(0, 900, (20, 30)).astype(np.float32)
    return slice_from_array(signal, modality="MR", spacing=(0.5, 0.7))


def test_a_slice_comes_back_as_it_was(picture: Slice, tmp_path: Path) -> None:
    write_slice(tmp_path / "one.png", picture)
    loaded = load_slice(tmp_path / "one.png")
    assert loaded.acquisition == picture.acquisition
    assert np.abs(loaded.pixels - picture.pixels).max() <= 1 / 65535


def test_writing_what_was_loaded_changes_nothing_more(picture: Slice, tmp_path: Path) -> None:
    write_slice(tmp_path / "one.png", picture)
    once = load_slice(tmp_path / "one.png")
    write_slice(tmp_path / "two.png", once)
    assert np.array_equal(load_slice(tmp_path / "two.png").pixels, once.pixels)


@pytest.mark.parametrize("damage", ["missing", "no picture", "no description", "8 bits"])
def test_damaged_files_are_named(damage: str, picture: Slice, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    write_slice(path, picture)
    if damage == "missing":
        path.unlink()
    elif damage == "no picture":
        path.write_bytes(b"no picture")
    elif damage == "no description":
        path.with_suffix(".json").write_text("{}")
    else:
        from PIL import Image

        Image.fromarray(np.zeros((4, 4), dtype=np.uint8)).save(path)
    with pytest.raises(UnreadableSlice, match=r"one\.png"):
        load_slice(path)
