"""Borders as a brush paints them: without the elements that lie between two tissues."""

import torch

from u3edu.training.transforms.hard_edges import draw_hard_edges, hardened


def ramp() -> torch.Tensor:
    """Two tissues, 1 and 8, with two columns of elements between them; int64 [1, 30, 40]."""
    labels = torch.full((1, 30, 40), 1)
    labels[..., 20:] = 8
    labels[..., 19:21] = torch.tensor([3, 6])
    return labels


def test_elements_between_two_tissues_go_to_either_of_them() -> None:
    hard = hardened(ramp())
    assert set(hard.unique().tolist()) == {1, 8}
    assert (hard[..., :20] == 1).all()
    assert (hard[..., 20:] == 8).all()


def test_a_tissue_by_itself_and_a_hard_border_stay() -> None:
    hard = hardened(ramp())
    assert torch.equal(hardened(hard), hard)


def test_borders_are_hard_in_the_wanted_share_of_each_picture() -> None:
    labels = ramp().repeat(6, 8, 6)[:, :128, :128]
    drawn = draw_hard_edges(0.3, labels, torch.Generator().manual_seed(0))
    hard = hardened(labels)
    between = labels != hard
    taken = (drawn == hard) & between
    shares = taken.sum(dim=(1, 2)) / between.sum(dim=(1, 2))
    assert ((shares > 0.15) & (shares < 0.45)).all()
    assert torch.equal(drawn[~taken], labels[~taken])
    # In places, not pixel by pixel: next to a pixel with a hard border there is mostly another.
    above, below = taken[:, :-1], taken[:, 1:]
    assert (above & below).sum() > 0.85 * above.sum()


def test_the_same_generator_draws_the_same_places() -> None:
    labels = ramp().repeat(2, 4, 3)
    first, second = (draw_hard_edges(0.3, labels, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)
