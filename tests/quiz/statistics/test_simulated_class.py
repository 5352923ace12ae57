"""A class of 200 with known ability and bias: the statistics find what was put in."""

import numpy as np
import pytest
from scipy import stats

from tests.quiz.statistics.simulated_class import (
    CRITERION,
    D_PRIME,
    SHARES,
    TRAINEES,
    SimulatedClass,
    simulate,
)
from u3edu.quiz.statistics.spread import Spread
from u3edu.quiz.statistics.study import DatasetFigures, ReaderStudy, study


@pytest.fixture(scope="module")
def simulated() -> SimulatedClass:
    return simulate()


@pytest.fixture(scope="module")
def found(simulated: SimulatedClass) -> ReaderStudy:
    return study(simulated.readings)


@pytest.fixture(scope="module")
def figures(found: ReaderStudy) -> DatasetFigures:
    assert len(found.datasets) == 1
    return found.datasets[0]


def expected_log_linear(signals: int = 10, noises: int = 10) -> tuple[float, float]:
    """Mean d' and criterion after the log-linear correction, over all outcomes of a reader of known d'."""
    hit, alarm = (stats.norm.sf(CRITERION - mean) for mean in (D_PRIME / 2, -D_PRIME / 2))
    counts = np.arange(signals + 1)
    z_hit = (stats.binom.pmf(counts, signals, hit) * stats.norm.ppf((counts + 0.5) / (signals + 1))).sum()
    z_alarm = (stats.binom.pmf(counts, noises, alarm) * stats.norm.ppf((counts + 0.5) / (noises + 1))).sum()
    return z_hit - z_alarm, -(z_hit + z_alarm) / 2


def test_every_answer_of_every_trainee_is_there(simulated: SimulatedClass, found: ReaderStudy) -> None:
    assert len(simulated.readings) == TRAINEES * (20 + 30 + 20)
    assert len(found.trainees) == TRAINEES
    assert len(found.items) == 70


def recovered(figures: DatasetFigures) -> dict[str, tuple[Spread | None, float]]:
    """Each figure with what was put in."""
    hit = stats.norm.sf(CRITERION - D_PRIME / 2)
    rejection = stats.norm.cdf(CRITERION + D_PRIME / 2)
    d_prime, criterion = expected_log_linear()
    pairs: dict[str, tuple[Spread | None, float]] = {
        "sensitivity": (figures.sensitivity, hit),
        "specificity": (figures.specificity, rejection),
        "accuracy": (figures.accuracy["real_or_synthetic"], (hit + rejection) / 2),
        "d_prime": (figures.d_prime, d_prime),
        "criterion": (figures.criterion, criterion),
        "B where the caption is wrong": (figures.by_class["B"], SHARES["synthetic", "wrong layer"][1]),
        "C where it is unnatural": (figures.by_class["C"], SHARES["synthetic", "unnatural"][2]),
    }
    for number, one in enumerate(figures.ratings):
        pairs[f"{one.rating}, synthetic"] = one.synthetic, SHARES["synthetic", "none"][number]
        pairs[f"{one.rating}, real"] = one.real, SHARES["real", "none"][number]
    return pairs


def test_intervals_hold_what_was_put_in(figures: DatasetFigures) -> None:
    pairs = recovered(figures)
    held = [name for name, (one, truth) in pairs.items() if one is not None and one.low <= truth <= one.high]
    # Of 13 intervals of 95 %, some of them correlated, more than three misses would be a fault.
    assert len(pairs) == 13 and len(held) >= 10, held


def test_no_figure_is_further_off_than_chance_explains(figures: DatasetFigures) -> None:
    for name, (one, truth) in recovered(figures).items():
        assert one is not None and one.sd is not None
        assert abs(one.mean - truth) < 4 * one.sd / np.sqrt(TRAINEES), name


def test_the_spread_of_accuracy_is_that_of_twenty_independent_answers(figures: DatasetFigures) -> None:
    hit = stats.norm.sf(CRITERION - D_PRIME / 2)
    rejection = stats.norm.cdf(CRITERION + D_PRIME / 2)
    binomial = np.sqrt((hit * (1 - hit) + rejection * (1 - rejection)) / 40)
    assert figures.accuracy["real_or_synthetic"].sd == pytest.approx(binomial, rel=0.15)


def test_a_difference_that_was_put_in_is_significant(figures: DatasetFigures) -> None:
    by_rating = {one.rating: one for one in figures.ratings}
    for rating in ("A", "C"):
        paired, welch = by_rating[rating].p_paired, by_rating[rating].p_welch
        assert paired is not None and paired < 1e-6
        assert welch is not None and welch < 1e-6


def test_faults_are_counted_against_their_own_truth(figures: DatasetFigures) -> None:
    assert set(figures.confusion) == {"A", "B", "C"}
    assert sum(figures.confusion["B"].values()) == 5 * TRAINEES
    assert sum(figures.confusion["A"].values()) == 20 * TRAINEES


def test_agreement_is_what_independent_readers_of_these_shares_have(figures: DatasetFigures) -> None:
    # Two readers of an item agree with chance sum(p^2) of its kind; kappa follows.
    counts = np.array([10, 10, 5, 5])
    shares = np.array(list(SHARES.values()))
    observed = counts @ (shares**2).sum(axis=1) / counts.sum()
    chance = ((counts @ shares / counts.sum()) ** 2).sum()
    agreement = figures.rating_agreement
    assert agreement is not None and agreement.kappa is not None and agreement.kappa_interval is not None
    assert agreement.kappa_interval[0] <= (observed - chance) / (1 - chance) <= agreement.kappa_interval[1]
    assert (agreement.items, agreement.readers) == (30, TRAINEES)


def test_calibrated_difficulties_and_abilities_are_recovered_from_the_staging_items(
    simulated: SimulatedClass,
) -> None:
    staging = study([one for one in simulated.readings if one.kind == "stage_it"])
    held = [
        abs(staging.difficulties[item][0] - truth) < 1.96 * staging.difficulties[item][1]
        for item, truth in simulated.difficulties.items()
    ]
    assert sum(held) >= 17
    abilities = np.array([one.ability for one in staging.trainees], dtype=float)
    assert np.corrcoef(abilities, simulated.abilities)[0, 1] > 0.8
    assert staging.ability_sd == pytest.approx(1, abs=0.25)


def test_items_that_depend_on_ability_discriminate(simulated: SimulatedClass) -> None:
    staging = study([one for one in simulated.readings if one.kind == "stage_it"])
    middle = [one for one in staging.items if 0.2 < one.difficulty < 0.8]
    assert len(middle) > 5
    assert all(one.point_biserial is not None and one.point_biserial > 0.1 for one in middle)
    assert all(one.upper_lower is not None and one.upper_lower > 0.15 for one in middle)


def test_difficulty_is_the_share_that_got_it_right(simulated: SimulatedClass, found: ReaderStudy) -> None:
    first = found.items[0]
    right = [one.right for one in simulated.readings if one.item == first.item]
    assert first.difficulty == pytest.approx(np.mean(right))
    assert first.answers == TRAINEES
