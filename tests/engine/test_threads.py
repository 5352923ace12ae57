"""Threads: the same pictures with any number of them, and torch's setting left as it was."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from tests.engine.networks import card_for, random_label_map, random_network
from u3edu.editing.box import Box
from u3edu.engine.local import LocalEngine
from u3edu.engine.threads import side_by_side
from u3edu.model.config import U3NetConfig


@pytest.fixture
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_pictures_are_the_same_to_the_last_bit_with_any_number_of_threads(three_threads: None) -> None:
    config = U3NetConfig(noise_seed=3)
    network, card = random_network(config), card_for(config)
    engine = LocalEngine(network, card, device="cpu")
    label_map = random_label_map(engine, (200, 184))
    pictures = []
    for threads in (3, 1):
        torch.set_num_threads(threads)
        pictures.append(engine.synthesize(label_map).pixels)
    assert np.array_equal(*pictures)


def test_all_boxes_are_done_by_threads_that_compute_alone(three_threads: None) -> None:
    boxes, done, threads = [Box(row, 0, row + 1, 1) for row in range(9)], [], []

    def work(box: Box) -> None:
        done.append(box)
        threads.append(torch.get_num_threads())

    with side_by_side() as each:
        each(work, boxes)
    assert sorted(done, key=lambda box: box.top) == boxes
    assert set(threads) == {1}


def test_an_error_is_raised_and_the_number_of_threads_restored(three_threads: None) -> None:
    def fail(box: Box) -> None:
        raise RuntimeError(f"no {box.top}")

    with pytest.raises(RuntimeError, match="no 0"), side_by_side() as each:
        each(fail, [Box(0, 0, 1, 1), Box(1, 0, 2, 1)])
    assert torch.get_num_threads() == 3
    with side_by_side() as each:
        each(lambda box: None, [Box(0, 0, 1, 1)])
