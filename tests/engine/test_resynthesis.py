"""Box re-synthesis: for any size and any edits, the pixels of decoding everything."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.networks import SMALL, card_for, random_label_map, random_network
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.changes import changed_boxes
from u3edu.engine.local import LocalEngine
from u3edu.model.config import U3NetConfig

GRAINY = SMALL.model_copy(update={"noise_seed": 5})
SOFT = GRAINY.model_copy(update={"encoder_blur": 0.9})
RELAXED = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
BOX = st.tuples(*[st.floats(0, 1, exclude_max=True)] * 4)


def engine_with(config: U3NetConfig) -> LocalEngine:
    network = random_network(config)
    for layer in network.decoder.unet.noise:
        torch.nn.init.normal_(layer.strength.weight, std=0.3)
    return LocalEngine(network, card_for(config), device="cpu")


@pytest.fixture(scope="module", params=[SMALL, GRAINY, SOFT], ids=["plain", "grain", "soft borders"])
def any_engine(request: pytest.FixtureRequest) -> LocalEngine:
    return engine_with(request.param)


def box_of(numbers: tuple[float, ...], shape: tuple[int, int]) -> Box:
    """A box with at least one pixel inside the picture, from four numbers in [0, 1)."""
    rows, columns = (
        sorted(int(n * side) for n in pair)
        for pair, side in zip((numbers[:2], numbers[2:]), shape, strict=True)
    )
    return Box(rows[0], columns[0], rows[1] + 1, columns[1] + 1)


def painted(label_map: LabelMap, box: Box, seed: int) -> LabelMap:
    labels = label_map.labels.copy()
    labels[box.slices] = np.random.default_rng(seed).integers(len(label_map.elements), size=box.shape)
    return label_map.with_labels(labels)


@RELAXED
@given(shape=st.tuples(st.integers(1, 130), st.integers(1, 130)), boxes=st.lists(BOX, min_size=1, max_size=4))
def test_any_row_of_edits_gives_the_pixels_of_the_whole(
    any_engine: LocalEngine, shape: tuple[int, int], boxes: list[tuple[float, ...]]
) -> None:
    label_map = random_label_map(any_engine, shape)
    picture = any_engine.synthesize(label_map)
    for seed, numbers in enumerate(boxes):
        box = box_of(numbers, shape)
        label_map = painted(label_map, box, seed)
        before, picture = picture, any_engine.resynthesize(picture, label_map, box)
        beyond = np.ones(shape, dtype=bool)
        beyond[box.grow(any_engine.halo).clip(shape).slices] = False
        assert np.array_equal(picture.pixels[beyond], before.pixels[beyond])
    whole = engine_with(any_engine.card.network).synthesize(label_map)
    assert np.abs(picture.pixels - whole.pixels).max() <= 1e-4


def test_an_edit_after_an_undo_that_the_engine_was_not_told_of(any_engine: LocalEngine) -> None:
    start = random_label_map(any_engine, (192, 200))
    base = any_engine.synthesize(start)
    any_engine.resynthesize(base, painted(start, Box(5, 5, 15, 15), 1), Box(5, 5, 15, 15))
    box = Box(170, 180, 180, 190)
    edited = painted(start, box, 2)
    picture = any_engine.resynthesize(base, edited, box)
    assert np.abs(picture.pixels - any_engine.synthesize(edited).pixels).max() <= 1e-4


def test_far_changes_drawn_at_once_as_on_a_gpu_are_those_of_the_whole(
    any_engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(any_engine._pictures, "_draws_at_once", True)
    before = random_label_map(any_engine, (96, 160))
    labels = before.labels.copy()
    labels[:4, :4], labels[-4:, -4:] = (labels[:4, :4] + 1) % 2, (labels[-4:, -4:] + 1) % 2
    after = before.with_labels(labels)
    drawn = any_engine.resynthesize(any_engine.synthesize(before), after, Box.whole((96, 160)))
    assert np.abs(drawn.pixels - any_engine.synthesize(after).pixels).max() <= 1e-5


def test_a_picture_that_is_not_remembered_is_decoded_from_its_labels(any_engine: LocalEngine) -> None:
    label_map = random_label_map(any_engine, (64, 72))
    picture = any_engine.synthesize(label_map)
    box = Box(30, 30, 34, 34)
    edited = painted(label_map, box, 0)
    stranger = engine_with(any_engine.card.network)
    after = stranger.resynthesize(picture, edited, box)
    assert np.abs(after.pixels - any_engine.synthesize(edited).pixels).max() <= 1e-4


def test_memory_for_features_is_bounded(any_engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 3 * 64 * 64 * 4 * 100
    monkeypatch.setattr("u3edu.engine.pictures._REMEMBERED_BYTES", most)
    for seed in range(6):
        any_engine.synthesize(random_label_map(any_engine, (64, 8 * (seed + 4)), seed))
        assert 0 < any_engine._pictures._kept() <= most


def test_an_engine_may_be_called_from_several_threads(any_engine: LocalEngine) -> None:
    base = random_label_map(any_engine, (96, 96))
    before = any_engine.synthesize(base)
    box = Box(40, 40, 52, 52)
    maps = [painted(base, box, seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda one: any_engine.resynthesize(before, one, box), maps))
    for label_map, picture in zip(maps, pictures, strict=True):
        assert np.abs(picture.pixels - any_engine.synthesize(label_map).pixels).max() <= 1e-4


def test_without_winograd_the_pictures_are_the_same(
    any_engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("u3edu.engine.convolution._has_winograd", lambda layer: False)
    plain = engine_with(any_engine.card.network)
    label_map = random_label_map(any_engine, (88, 104))
    difference = plain.synthesize(label_map).pixels - any_engine.synthesize(label_map).pixels
    assert np.abs(difference).max() <= 1e-4


def test_a_convolution_that_does_not_agree_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from u3edu.engine import convolution

    layer = torch.nn.Conv2d(8, 8, 3).requires_grad_(False)
    wrong = torch.nn.functional.conv2d
    monkeypatch.setattr(convolution, "_has_winograd", lambda layer: True)
    monkeypatch.setattr(
        convolution,
        "_winograd",
        lambda inputs, weight, bias, padding: wrong(inputs, weight, bias, padding=1) + 0.01,
    )
    assert not convolution.Convolution(layer, torch.nn.LeakyReLU(0.1)).winograd


@RELAXED
@given(
    shape=st.tuples(st.integers(1, 120), st.integers(1, 120)),
    boxes=st.lists(BOX, max_size=5),
    gap=st.integers(0, 60),
)
def test_changed_boxes_hold_every_change_and_touch_their_edges(
    shape: tuple[int, int], boxes: list[tuple[float, ...]], gap: int
) -> None:
    before, after = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for numbers in boxes:
        after[box_of(tuple(n / 3 + i % 2 / 3 for i, n in enumerate(numbers)), shape).slices] = 1
    held = np.zeros(shape, dtype=bool)
    for box in changed_boxes(before, after, gap):
        inside = after[box.slices]
        assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()
        held[box.slices] = True
    assert held[after > 0].all()


def test_far_changes_get_boxes_of_their_own_and_near_ones_share() -> None:
    before, after = np.zeros((256, 256), np.uint8), np.zeros((256, 256), np.uint8)
    after[10, 10] = after[200:210, 220] = 1
    assert changed_boxes(before, after, 40) == [Box(10, 10, 11, 11), Box(200, 220, 210, 221)]
    after[10, 40] = 1
    assert changed_boxes(before, after, 40)[0] == Box(10, 10, 11, 41)
