"""The Rasch model finds the difficulties and abilities that answers were drawn from."""

import numpy as np
import pytest
from scipy import optimize, special

from u3edu.quiz.statistics.rasch import LARGEST, fit_rasch


def answers(seed: int, trainees: int = 200, items: int = 24) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(0, 1, trainees), np.linspace(-2, 2, items)
    right = rng.random((trainees, items)) < special.expit(ability[:, None] - difficulty)
    return right.astype(float), ability, difficulty


def test_difficulties_lie_within_their_intervals() -> None:
    held = []
    for seed in range(5):
        matrix, _, difficulty = answers(seed)
        model = fit_rasch(matrix)
        held.append(np.abs(model.difficulties - difficulty) < 1.96 * model.difficulty_errors)
    # 120 intervals of 95 %: fewer than 105 would have a chance below one in a thousand.
    assert np.sum(held) >= 105


def test_abilities_are_found_as_well_as_their_errors_say() -> None:
    matrix, ability, _ = answers(6)
    model = fit_rasch(matrix)
    assert model.ability_sd == pytest.approx(1.0, abs=0.2)
    assert np.corrcoef(model.abilities, ability)[0, 1] > 0.85
    assert np.mean(((model.abilities - ability) / model.ability_errors) ** 2) == pytest.approx(1, abs=0.3)


def test_missing_answers_are_left_out_not_taken_for_wrong() -> None:
    matrix, _, difficulty = answers(7)
    gaps = np.random.default_rng(8).random(matrix.shape) < 0.3
    model = fit_rasch(np.where(gaps, np.nan, matrix))
    assert np.abs(model.difficulties - difficulty).max() < 0.8
    assert np.corrcoef(model.difficulties, difficulty)[0, 1] > 0.98


def test_the_fit_is_the_maximum_of_a_likelihood_written_another_way() -> None:
    matrix, _, _ = answers(9, trainees=40, items=3)
    model = fit_rasch(matrix)
    grid = np.linspace(-6, 6, 2001)
    density = np.exp(-(grid**2) / 2)
    density /= density.sum()

    def negative(parameters: np.ndarray) -> float:
        total = 0.0
        for row in matrix:
            chance = special.expit(np.exp(parameters[3]) * grid[:, None] - parameters[:3])
            total -= np.log((density * np.prod(np.where(row == 1, chance, 1 - chance), axis=1)).sum())
        return total

    best = optimize.minimize(negative, np.zeros(4), method="BFGS").x
    np.testing.assert_allclose(model.difficulties, best[:3], atol=5e-3)
    assert model.ability_sd == pytest.approx(np.exp(best[3]), rel=0.02)


def test_an_item_that_all_got_right_stops_at_the_bound_without_an_error() -> None:
    matrix, _, _ = answers(10, trainees=30, items=5)
    matrix[:, 2] = 1
    model = fit_rasch(matrix)
    assert model.difficulties[2] == -LARGEST
    assert np.isnan(model.difficulty_errors[2])
    assert np.isfinite(np.delete(model.difficulty_errors, 2)).all()


def test_errors_stay_sensible_where_items_outnumber_trainees() -> None:
    matrix, _, _ = answers(11, trainees=12, items=40)
    model = fit_rasch(matrix)
    settled = ~np.isnan(model.difficulty_errors)
    assert settled.sum() > 20
    # A share of 12 answers: no error below that of a known ability, and none beyond a few logits.
    assert (model.difficulty_errors[settled] > 2 / np.sqrt(12) * 0.9).all()
    assert (model.difficulty_errors[settled] < 2.5).all()


def test_one_trainee_is_too_few() -> None:
    with pytest.raises(ValueError, match="two trainees"):
        fit_rasch(np.ones((1, 5)))
