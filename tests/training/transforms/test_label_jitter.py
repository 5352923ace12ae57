"""Label jitter moves borders by a pixel and leaves the inside of elements alone."""

import numpy as np
import torch

from u3edu.training.data import step_generator
from u3edu.training.transforms.label_jitter import LabelJitter, draw_label_jitter


def test_against_numpy() -> None:
    generator = step_generator(0, 0)
    labels = torch.randint(5, (2, 6, 7), generator=generator)
    jitter = draw_label_jitter(0.7, 2, 6, 7, generator)
    jittered = jitter.apply(labels)
    padded = np.pad(labels.numpy(), [(0, 0), (1, 1), (1, 1)], mode="edge")
    for image, row, column in np.ndindex(2, 6, 7):
        down, right = int(jitter.rows[image, row, column]), int(jitter.columns[image, row, column])
        assert jittered[image, row, column] == padded[image, row + 1 + down, column + 1 + right]


def test_only_pixels_beside_a_border_change() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.int64)
    labels[:, :, 8:] = 1
    jittered = draw_label_jitter(1.0, 1, 16, 16, step_generator(0, 0)).apply(labels)
    assert torch.equal(jittered[:, :, :7], labels[:, :, :7])
    assert torch.equal(jittered[:, :, 9:], labels[:, :, 9:])
    assert 0.1 < (jittered != labels)[:, :, 7:9].float().mean() < 0.6


def test_share_is_that_of_the_pixels_that_look_around() -> None:
    jitter = draw_label_jitter(0.3, 4, 64, 64, step_generator(1, 0))
    moved = ((jitter.rows != 0) | (jitter.columns != 0)).float().mean()
    # One in nine looks at itself.
    assert abs(moved - 0.3 * 8 / 9) < 0.02


def test_no_share_keeps_every_label() -> None:
    labels = torch.randint(5, (2, 8, 8), generator=step_generator(2, 0))
    assert torch.equal(draw_label_jitter(0.0, 2, 8, 8, step_generator(3, 0)).apply(labels), labels)


def test_it_can_be_replayed() -> None:
    labels = torch.randint(5, (1, 8, 8), generator=step_generator(2, 0))
    jitter = draw_label_jitter(1.0, 1, 8, 8, step_generator(3, 0))
    assert torch.equal(LabelJitter(jitter.rows, jitter.columns).apply(labels), jitter.apply(labels))
