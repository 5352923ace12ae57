"""Pictures made unnatural on purpose can be told from what they were, and are the seed's."""

import numpy as np
import pytest

from tests.quiz.stand_ins import picture
from u3edu.quiz.degradations import Chequered, Degradation, Displaced, Posterised, Waxen, draw_degradation

EACH = [
    Posterised(6),
    Waxen(3),
    Chequered(2, 0.2),
    Displaced((0.3, 0.3), 0.2, 0.1),
]


@pytest.mark.parametrize("degradation", EACH, ids=lambda one: type(one).__name__)
def test_a_degraded_picture_differs_where_it_can_be_seen(degradation: Degradation) -> None:
    before = picture(1)
    after = degradation.apply(before)
    assert after.shape == before.shape and after.acquisition.synthetic
    changed = np.abs(after.display().astype(int) - before.display())
    assert (changed > 12).mean() > 0.02
    assert degradation.words.endswith(".")


def test_a_posterised_picture_has_that_many_grey_levels() -> None:
    assert len(np.unique(Posterised(6).apply(picture(1)).display())) <= 6


def test_a_waxen_picture_has_lost_its_grain() -> None:
    def grain(pixels: np.ndarray) -> float:
        return float(np.diff(pixels[16:32, 16:32].astype(float), axis=1).std())

    assert grain(Waxen(3).apply(picture(1)).pixels) < 0.4 * grain(picture(1).pixels)


def test_only_the_disc_is_displaced() -> None:
    before, after = picture(1), Displaced((0.5, 0.5), 0.2, 0.1).apply(picture(1))
    rows, columns = np.nonzero(before.pixels != after.pixels)
    assert np.hypot(rows - 24, columns - 24).max() < 0.2 * 48


def test_one_seed_draws_one_degradation_and_all_kinds_are_drawn() -> None:
    drawn = [draw_degradation(np.random.default_rng(seed)) for seed in range(40)]
    assert drawn == [draw_degradation(np.random.default_rng(seed)) for seed in range(40)]
    assert {type(one) for one in drawn} == {Posterised, Waxen, Chequered, Displaced}
