"""Pools of mucin take up the share of the lesion that was asked for, and stay inside it."""

import numpy as np
import pytest

from tests.editing.patterns import disc, mixture
from tests.editing.recipes.measuring import apply
from u3edu.editing import InvalidEdit
from u3edu.editing.recipes import MucinPools

MAP = mixture("speckled")
LESION = disc(MAP.shape, (80, 80), 22)
MUCIN = 5


@pytest.mark.parametrize("share", [0.1, 0.55, 0.8])
def test_pools_take_up_their_share_and_stay_inside(share):
    for seed in (0, 1):
        edited = apply(MucinPools(share=share, size=4, seed=seed).operations(MAP, LESION, MUCIN), MAP)
        pools = edited.labels == MUCIN
        assert (pools & LESION).sum() / LESION.sum() == pytest.approx(share, abs=0.08)
        assert not (pools & ~LESION).any()


def test_outline_and_mask_mean_the_same_lesion():
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    outline = tuple((80 + 22 * np.cos(angle), 80 + 22 * np.sin(angle)) for angle in angles)
    edited = apply(MucinPools(seed=3).operations(MAP, outline, MUCIN), MAP)
    pools = edited.labels == MUCIN
    assert not (pools & ~LESION).any()
    assert pools.sum() / LESION.sum() == pytest.approx(0.55, abs=0.08)


def test_lesion_without_room_is_refused_with_advice():
    with pytest.raises(InvalidEdit, match="make them smaller"):
        MucinPools(share=0.9, size=20).operations(MAP, LESION, MUCIN)
    with pytest.raises(InvalidEdit, match="no pixel"):
        MucinPools().operations(MAP, LESION & False, MUCIN)


@pytest.mark.parametrize("fields", [{"share": 0}, {"share": 1}, {"size": 0}])
def test_parameter_out_of_its_range_is_refused_by_name(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        MucinPools(**fields)
