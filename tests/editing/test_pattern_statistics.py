"""Shares of elements and of neighbours, against an independent count."""

import numpy as np
import pytest
from skimage.feature import graycomatrix

from tests.editing.patterns import mixture
from u3edu.editing.pattern_statistics import element_shares, neighbour_shares, total_variation

LABELS = mixture("blotched", (40, 50)).labels.copy()
EVERYWHERE = np.ones(LABELS.shape, bool)


@pytest.mark.parametrize("distance", [1, 3])
def test_neighbours_are_those_of_the_co_occurrence_matrix(distance):
    counts = graycomatrix(LABELS, [distance], [0, np.pi / 2], levels=6, symmetric=True).sum(axis=(2, 3))
    np.testing.assert_allclose(
        neighbour_shares(LABELS, EVERYWHERE, 6, distance), counts / counts.sum(), atol=1e-12
    )


def test_pairs_that_reach_outside_do_not_count():
    labels = np.array([[0, 1, 2], [0, 1, 2]], np.uint8)
    inside = np.array([[1, 1, 0], [1, 1, 0]], bool)
    expected = np.array([[0.25, 0.25, 0], [0.25, 0.25, 0], [0, 0, 0]])
    np.testing.assert_allclose(neighbour_shares(labels, inside, 3), expected)
    np.testing.assert_allclose(element_shares(labels, inside, 3), [0.5, 0.5, 0])


def test_nothing_to_measure_is_refused():
    with pytest.raises(ValueError, match="no pixel"):
        element_shares(LABELS, ~EVERYWHERE, 6)
    with pytest.raises(ValueError, match="neighbours at a distance of 1"):
        neighbour_shares(LABELS, np.eye(40, 50) > 0, 6)


def test_distance_of_distributions_runs_from_0_to_1():
    assert total_variation(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    assert total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1
