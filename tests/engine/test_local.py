"""The engine in the kernel."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.engine.edits import random_edits
from tests.engine.networks import SMALL, card_for, random_label_map, random_network
from u3edu.editing.box import Box
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.sample import sample_series, sample_slice
from u3edu.imaging.series import read_series
from u3edu.imaging.slice import Slice
from u3edu.model.config import U3NetConfig
from u3edu.model.u3net import U3Net


def test_segments_and_synthesizes_what_the_network_does(network: U3Net, engine: LocalEngine) -> None:
    picture = slice_from_array(
        np.random.default_rng(0).normal(size=(32, 40)).astype(np.float32), modality="MR"
    )
    with torch.no_grad():
        _, labels, reconstruction = network(torch.from_numpy(picture.pixels.copy())[None, None])
    label_map = engine.segment(picture)
    assert np.array_equal(label_map.labels, labels[0].numpy())
    synthetic = engine.synthesize(label_map)
    assert np.allclose(synthetic.pixels, reconstruction[0, 0].clamp(-1, 1).numpy(), atol=1e-4)
    assert synthetic.acquisition == replace(picture.acquisition, synthetic=True)


@pytest.mark.parametrize("shape", [(1, 1), (7, 50), (33, 41)])
def test_any_size_is_segmented_and_synthesized(engine: LocalEngine, shape: tuple[int, int]) -> None:
    picture = slice_from_array(np.random.default_rng(0).normal(size=shape).astype(np.float32), modality="MR")
    label_map = engine.segment(picture)
    assert label_map.shape == engine.synthesize(label_map).shape == shape


@pytest.mark.parametrize("shape", [(96, 128), (93, 121)])
def test_box_gives_the_pixels_of_the_whole(engine: LocalEngine, shape: tuple[int, int]) -> None:
    label_map = random_label_map(engine, shape)
    before = engine.synthesize(label_map)
    for edited, box in random_edits(label_map, 40, seed=1):
        after = engine.resynthesize(before, edited, box)
        assert np.abs(after.pixels - engine.synthesize(edited).pixels).max() <= 1e-5


@pytest.mark.parametrize(
    ("widths", "convolutions"),
    [((6,), ()), ((6, 8), ()), ((6, 8, 8, 8), ()), ((6, 8, 24, 32), (2, 2, 1, 1)), ((6, 8, 8), (1, 3, 1))],
)
def test_box_gives_the_pixels_of_the_whole_at_any_depth(
    widths: tuple[int, ...], convolutions: tuple[int, ...]
) -> None:
    config = U3NetConfig(
        encoder_widths=(4,),
        decoder_widths=widths,
        decoder_convolutions=convolutions,
        embedding_size=4,
        elements=5,
    )
    engine = LocalEngine(random_network(config), card_for(config), device="cpu")
    label_map = random_label_map(engine, (160, 168))
    before = engine.synthesize(label_map)
    for edited, box in random_edits(label_map, 10, seed=2):
        after = engine.resynthesize(before, edited, box)
        assert np.abs(after.pixels - engine.synthesize(edited).pixels).max() <= 1e-5


def test_nothing_changes_beyond_the_halo(engine: LocalEngine) -> None:
    label_map = random_label_map(engine, (128, 128))
    before = engine.synthesize(label_map)
    for edited, box in random_edits(label_map, 20, seed=3):
        difference = engine.synthesize(edited).pixels - before.pixels
        reached = np.zeros(label_map.shape, dtype=bool)
        reached[box.grow(engine.halo).clip(label_map.shape).slices] = True
        # Winograd's method leaves its rounding in a whole tile; a box is pasted to the last bit.
        assert np.abs(difference[~reached]).max() <= 1e-6
        after = engine.resynthesize(before, edited, box)
        assert np.array_equal(after.pixels[~reached], before.pixels[~reached])


def test_box_outside_the_picture_is_refused(engine: LocalEngine) -> None:
    label_map = random_label_map(engine, (32, 32))
    with pytest.raises(ValueError, match="box"):
        engine.resynthesize(engine.synthesize(label_map), label_map, Box(40, 40, 50, 50))


def test_picture_of_another_size_is_refused(engine: LocalEngine) -> None:
    before = engine.synthesize(random_label_map(engine, (32, 32)))
    with pytest.raises(ValueError, match="can't precede"):
        engine.resynthesize(before, random_label_map(engine, (32, 40)), Box(0, 0, 1, 1))


def test_picture_of_another_modality_is_refused(engine: LocalEngine) -> None:
    with pytest.raises(ValueError, match="is for MR; this picture is CT"):
        engine.segment(slice_from_array(np.zeros((16, 16), dtype=np.float32), modality="CT"))


def real_slices(name: str) -> list[Slice]:
    """Test slices in the folder that U3EDU_TEST_DATA names; else those that everybody has."""
    folder = os.environ.get("U3EDU_TEST_DATA")
    if folder:
        patient = next(path for path in sorted(Path(folder, name, "test").iterdir()) if path.is_dir())
        series = read_series(patient).slices
    elif name == "chest-ct":
        series = sample_series(name).slices
    else:
        series = (sample_slice(name),)
    return [series[index * len(series) // 4] for index in range(4)]


@pytest.mark.parametrize("name", ["chest-ct", "pelvic-mri"])
def test_box_gives_the_pixels_of_the_whole_with_the_shipped_weights(name: str) -> None:
    engine = load_engine(name, device="cpu")
    edits = int(os.environ.get("U3EDU_TEST_EDITS", "4"))
    each = max(2, edits // 4)
    worst, count = 0.0, 0
    for seed, picture in enumerate(real_slices(name)[: edits // each]):
        label_map = engine.segment(picture)
        before = engine.synthesize(label_map)
        for edited, box in random_edits(label_map, each, seed=seed):
            after = engine.resynthesize(before, edited, box)
            worst = max(worst, float(np.abs(after.pixels - engine.synthesize(edited).pixels).max()))
            count += 1
    print(f"{name}: {count} edits, largest difference {worst:.2g}")
    assert worst <= 1e-4


def test_small_config_has_a_stride_that_the_shapes_above_do_not_divide() -> None:
    assert 93 % 2 ** (len(SMALL.decoder_widths) - 1)
