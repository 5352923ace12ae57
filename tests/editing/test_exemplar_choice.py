"""The exemplar of a structure shows its mixture."""

import numpy as np
import pytest

from tests.editing.patterns import disc, mixture
from u3edu.editing import InvalidEdit, LabelMap
from u3edu.editing.exemplar_choice import representative_exemplar
from u3edu.editing.pattern_statistics import element_shares, total_variation

MAP = mixture("blotched")
KEPT = {"name": "tissue", "source": "phantom, seed 0"}


def test_small_structure_is_taken_whole():
    mask = disc(MAP.shape, (60, 70), 10)
    exemplar = representative_exemplar(MAP, mask, **KEPT)
    assert exemplar.inside.sum() == mask.sum()
    assert (exemplar.name, exemplar.source) == ("tissue", "phantom, seed 0")


def test_window_of_a_large_structure_is_the_one_with_the_shares_of_the_whole():
    mask = disc(MAP.shape, (80, 80), 45)
    exemplar = representative_exemplar(MAP, mask, **KEPT, side=24)
    wanted = element_shares(MAP.labels, mask, 6)

    def away(labels, inside):
        return total_variation(element_shares(labels, inside, 6), wanted)

    windows = [
        (MAP.labels[top : top + 24, left : left + 24], mask[top : top + 24, left : left + 24])
        for top in range(35, 102)
        for left in range(35, 102)
    ]
    best = min(away(*window) for window in windows if window[1].mean() >= 0.5)
    assert exemplar.shape == (24, 24)
    assert away(exemplar.labels, exemplar.inside) == pytest.approx(best)


def test_window_holds_pixels_of_the_structure_alone():
    labels = np.where(disc(MAP.shape, (80, 80), 40), MAP.labels, 5)
    exemplar = representative_exemplar(
        LabelMap(labels, MAP.elements, MAP.acquisition), disc(MAP.shape, (80, 80), 40), **KEPT, side=64
    )
    assert 5 not in exemplar.elements


def test_nothing_to_choose_from_is_refused():
    with pytest.raises(InvalidEdit, match="no pixel"):
        representative_exemplar(MAP, np.zeros(MAP.shape, bool), **KEPT)
    with pytest.raises(InvalidEdit, match="1 to 128"):
        representative_exemplar(MAP, np.ones(MAP.shape, bool), **KEPT, side=500)
