"""Segmentation measures, each against a reference that is written in another way."""

from itertools import combinations, product

import numpy as np
import pytest

from u3edu.evaluation.segmentation import (
    adjusted_rand_index,
    best_match_dice,
    best_union,
    boundaries,
    boundary_recall,
    connected_segments,
    segmentation_figures,
    undersegmentation_error,
)

SEEDS = range(6)


def blocks(seed: int, size: int = 12, count: int = 5) -> np.ndarray:
    """A random map of few, patchy labels."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, count, (size // 3, size // 3))
    labels = np.kron(coarse, np.ones((3, 3), dtype=int))
    noise = rng.random(labels.shape) < 0.15
    labels[noise] = rng.integers(0, count, int(noise.sum()))
    return labels


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * (one & other).sum() / (one.sum() + other.sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_adjusted_rand_index_is_that_of_counting_pairs(seed: int) -> None:
    first, second = blocks(seed).ravel(), blocks(seed + 100).ravel()
    both = one = other = neither = 0
    for i, j in combinations(range(first.size), 2):
        same, alike = first[i] == first[j], second[i] == second[j]
        both += same and alike
        one += same and not alike
        other += alike and not same
        neither += not same and not alike
    # Form of Steinley, Psychological Methods 9:386, 2004, by the four kinds of pairs.
    top = 2 * (both * neither - one * other)
    bottom = (both + one) * (one + neither) + (both + other) * (other + neither)
    assert adjusted_rand_index(first, second) == pytest.approx(top / bottom)


def test_the_adjusted_rand_index_knows_no_names_and_is_zero_for_chance() -> None:
    labels = blocks(0)
    assert adjusted_rand_index((labels + 3) % 5, labels) == pytest.approx(1)
    rng = np.random.default_rng(0)
    chance = [
        adjusted_rand_index(rng.integers(0, 5, (60, 60)), rng.integers(0, 5, (60, 60))) for _ in range(20)
    ]
    assert np.mean(chance) == pytest.approx(0, abs=0.003)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tolerance", [1, 2])
def test_boundary_recall_is_that_of_looking_around_every_boundary_pixel(seed: int, tolerance: int) -> None:
    segments, truth = blocks(seed), np.kron(blocks(seed + 50, 6), np.ones((2, 2), dtype=int))

    def on_edge(labels: np.ndarray) -> set[tuple[int, int]]:
        edge = set()
        for row, column in product(*map(range, labels.shape)):
            for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                r, c = row + down, column + right
                if (
                    0 <= r < labels.shape[0]
                    and 0 <= c < labels.shape[1]
                    and labels[r, c] != labels[row, column]
                ):
                    edge.add((row, column))
        return edge

    wanted, found = on_edge(truth), on_edge(segments)
    hits = sum(
        any((r - row) ** 2 + (c - column) ** 2 <= tolerance**2 for r, c in found) for row, column in wanted
    )
    assert boundary_recall(segments, truth, tolerance) == pytest.approx(hits / len(wanted))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tolerance", [0, 1, 2])
def test_under_segmentation_is_what_leaks_over_each_border(seed: int, tolerance: int) -> None:
    truth = np.kron(blocks(seed, 6, 3), np.ones((5, 5), dtype=int))
    segments = np.roll(np.kron(blocks(seed, 6, 3), np.ones((5, 5), dtype=int)), 2, axis=1)
    edge = boundaries(truth)
    places = np.argwhere(edge)
    counted = np.array(
        [
            [((places - (r, c)) ** 2).sum(axis=1).min() > tolerance**2 for c in range(truth.shape[1])]
            for r in range(truth.shape[0])
        ]
    )
    leaks = 0
    for region in np.unique(truth):
        for segment in np.unique(segments):
            inside = (counted & (truth == region) & (segments == segment)).sum()
            outside = (counted & (truth != region) & (segments == segment)).sum()
            leaks += min(inside, outside)
    assert undersegmentation_error(segments, truth, tolerance) == pytest.approx(leaks / counted.sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_match_is_the_best_of_all_segments(seed: int) -> None:
    segments, mask = blocks(seed), blocks(seed + 30) < 2
    best = max(dice(segments == label, mask) for label in np.unique(segments))
    assert best_match_dice(segments, mask) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_union_is_the_best_of_all_unions(seed: int) -> None:
    segments, mask = blocks(seed, count=8), blocks(seed + 30) < 2
    names = np.unique(segments)
    unions = [
        dice(np.isin(segments, chosen), mask)
        for count in range(1, len(names) + 1)
        for chosen in combinations(names, count)
    ]
    assert best_union(segments, mask).dice == pytest.approx(max(unions))


def test_the_best_union_says_how_many_segments_it_takes() -> None:
    segments = np.repeat(np.arange(4), 3)[None, :] * np.ones((3, 1), dtype=int)
    assert best_union(segments, (segments == 1) | (segments == 2)) == (1.0, 2)
    assert best_union(segments, np.zeros(segments.shape, dtype=bool)) == (0.0, 0)


def test_pieces_are_connected_over_edges_not_corners() -> None:
    labels = np.array([[1, 0, 0], [0, 1, 0], [2, 2, 1]])
    assert np.unique(connected_segments(labels)).size == 6


def test_the_truth_itself_has_the_best_figures() -> None:
    truth = np.kron(blocks(2, 6, 3), np.ones((5, 5), dtype=int))
    figures = segmentation_figures(truth, truth, ("a", "b", "c"))
    assert figures.rand == pytest.approx(1)
    assert figures.recall_1 == figures.recall_2 == figures.mean_dice == figures.mean_union_dice == 1
    assert figures.leak_1 == figures.leak_2 == 0


def test_one_segment_for_everything_leaks_and_finds_no_boundary() -> None:
    truth = np.kron(blocks(2, 6, 3), np.ones((5, 5), dtype=int))
    nothing = np.zeros_like(truth)
    figures = segmentation_figures(nothing, truth, ("a", "b", "c"))
    assert figures.recall_2 == 0
    assert figures.rand == pytest.approx(0)
    assert figures.leak_1 > 0.2


def test_maps_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        adjusted_rand_index(np.zeros((3, 3), dtype=int), np.zeros((3, 4), dtype=int))
