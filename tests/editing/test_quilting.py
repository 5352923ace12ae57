"""A tile has the pattern of its exemplar, better than a flat element or pixels drawn one by one."""

import numpy as np
import pytest
from scipy import ndimage

from tests.editing.patterns import KINDS, mixture, round_exemplar
from u3edu.editing import Box, Exemplar
from u3edu.editing.pattern_statistics import element_shares, neighbour_shares, total_variation
from u3edu.editing.quilting import pattern_tile

K = 6
# Measured over these and smaller exemplars and three seeds: at most 0.09 and 0.11.
SHARES, NEIGHBOURS = 0.12, 0.15


def exemplars():
    for kind in KINDS:
        yield kind, Exemplar.from_region(mixture(kind), Box(30, 30, 70, 70))
        yield kind, round_exemplar(kind, 24)


CASES = [pytest.param(exemplar, id=f"{kind} {exemplar.shape[0]}") for kind, exemplar in exemplars()]


def distances(exemplar, labels):
    """Distance of labels from an exemplar: in shares of elements, and of neighbours."""
    inside = np.ones(labels.shape, bool)
    return tuple(
        total_variation(measure(exemplar.labels, exemplar.inside, K), measure(labels, inside, K))
        for measure in (element_shares, neighbour_shares)
    )


@pytest.mark.parametrize("exemplar", CASES)
def test_tile_has_the_shares_and_neighbours_of_its_exemplar(exemplar):
    for seed in (0, 1):
        shares, neighbours = distances(exemplar, pattern_tile(exemplar, seed))
        assert shares < SHARES
        assert neighbours < NEIGHBOURS


@pytest.mark.parametrize("exemplar", CASES)
def test_neighbours_fit_far_better_than_those_of_single_pixels_or_of_one_element(exemplar):
    tile = pattern_tile(exemplar, 0)
    shares = element_shares(exemplar.labels, exemplar.inside, K)
    single = np.random.default_rng(0).choice(K, size=tile.shape, p=shares)
    flat = np.full(tile.shape, shares.argmax())
    neighbours = distances(exemplar, tile)[1]
    assert neighbours < 0.6 * distances(exemplar, single)[1]
    assert neighbours < 0.4 * distances(exemplar, flat)[1]


@pytest.mark.parametrize("slant", [20, 45, 70])
def test_fibres_keep_their_direction(slant):
    """Blocks mirrored along one side would lean the other way."""
    fibres = ndimage.rotate(mixture("fibrous").labels.astype(float), slant, reshape=False, order=1)
    exemplar = Exemplar.from_labels(np.rint(fibres[66:95, 66:95]).astype(np.uint8))
    wanted = direction(exemplar.labels)
    for seed in (0, 1):
        assert abs(direction(pattern_tile(exemplar, seed)) - wanted) < 10


def direction(labels):
    """Along which labels change most, from the structure tensor, in degrees, 0 to 180."""
    down, across = np.gradient(labels.astype(float))
    twice = np.arctan2(2 * (down * across).mean(), (across**2 - down**2).mean())
    return np.degrees(twice / 2) % 180


def test_exemplar_of_two_tissues_gives_both():
    """Blocks of one never fit those of the other, so that a tile could be left with the first."""
    first, second = mixture("speckled").labels[:36, :18] % 3, mixture("blotched").labels[:36, :18] % 3 + 3
    exemplar = Exemplar.from_labels(np.hstack([first, second]))
    for seed in (0, 1, 2):
        assert distances(exemplar, pattern_tile(exemplar, seed))[0] < 0.2


@pytest.mark.parametrize("exemplar", CASES[:2])
def test_tile_continues_itself_on_all_sides(exemplar):
    tile = pattern_tile(exemplar, 0)
    middle = len(tile) // 2
    across = np.roll(tile, (middle, middle), (0, 1))
    seam = np.zeros(tile.shape, bool)
    seam[middle - 1 : middle + 1] = True
    seam[:, middle - 1 : middle + 1] = True
    at_seam = neighbour_shares(across, seam, K)
    assert total_variation(neighbour_shares(exemplar.labels, exemplar.inside, K), at_seam) < 0.2


def test_same_seed_gives_the_same_tile_and_another_another():
    exemplar = round_exemplar("blotched", 24)
    first = pattern_tile(exemplar, 7).copy()
    pattern_tile.cache_clear()
    np.testing.assert_array_equal(pattern_tile(exemplar, 7), first)
    assert (pattern_tile(exemplar, 8) != first).any()


def test_exemplar_of_a_single_pixel_gives_a_flat_tile():
    assert (pattern_tile(Exemplar.from_labels(np.array([[4]])), 0) == 4).all()


def test_thin_exemplar_gives_only_its_own_elements():
    line = np.full((9, 9), 255, np.uint8)
    line[4] = [1, 1, 2, 2, 2, 3, 3, 1, 1]
    assert set(np.unique(pattern_tile(Exemplar.from_labels(line), 0))) <= {1, 2, 3}


def test_pattern_is_the_same_on_every_machine():
    """Recorded once; a change means that stored scripts would replay as something else."""
    labels = (np.add.outer(np.arange(12) ** 2, 3 * np.arange(12)) % 5 % 3).astype(np.uint8)
    tile = pattern_tile(Exemplar.from_labels(labels), 5)
    weights = np.arange(1, tile.size + 1, dtype=np.int64).reshape(tile.shape)
    assert (tile.shape, int((tile * weights).sum())) == ((72, 72), 10786710)
