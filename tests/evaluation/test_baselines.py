"""Baselines find what anyone would see, and give the same answer twice."""

import numpy as np
import pytest

from u3edu.evaluation.baselines import BASELINES, grey
from u3edu.evaluation.segmentation import best_union, connected_segments
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.slice import Slice


@pytest.fixture
def disc() -> tuple[Slice, np.ndarray]:
    """A disc of soft tissue in lung, with noise."""
    rows, columns = np.mgrid[:96, :96]
    inside = np.hypot(rows - 50, columns - 44) < 20
    noise = np.random.default_rng(0).normal(0, 20, inside.shape)
    return slice_from_array(np.where(inside, 40.0, -850.0) + noise, modality="CT"), inside


@pytest.mark.parametrize("name", BASELINES)
def test_a_disc_is_a_union_of_segments(name: str, disc: tuple[Slice, np.ndarray]) -> None:
    picture, inside = disc
    labels = BASELINES[name](picture)
    assert labels.shape == picture.shape
    assert best_union(connected_segments(labels), inside).dice > 0.93


@pytest.mark.parametrize("name", BASELINES)
def test_the_same_picture_has_the_same_segments(name: str, disc: tuple[Slice, np.ndarray]) -> None:
    picture, _ = disc
    np.testing.assert_array_equal(BASELINES[name](picture), BASELINES[name](picture))


def test_names_state_how_many_clusters_there_are(disc: tuple[Slice, np.ndarray]) -> None:
    for name, segment in BASELINES.items():
        if "K = " in name:
            assert np.unique(segment(disc[0])).size <= int(name.split("K = ")[1])


def test_ct_is_seen_from_air_to_bone_and_other_pictures_over_their_range() -> None:
    ct = slice_from_array(np.array([[-1000.0, -300.0], [400.0, 3000.0]]), modality="CT")
    np.testing.assert_allclose(grey(ct), [[0, 0.5], [1, 1]], atol=1e-4)
    mr = slice_from_array(np.linspace(0, 100, 400).reshape(20, 20), modality="MR")
    assert grey(mr).min() == 0 and grey(mr).max() == 1
