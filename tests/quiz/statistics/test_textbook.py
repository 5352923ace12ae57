"""Published data sets: t, kappa, alpha, d′ and correlations equal what is printed, or SciPy."""

import numpy as np
import pytest
from scipy import stats

from u3edu.quiz.statistics.agreement import fleiss_kappa, krippendorff_alpha
from u3edu.quiz.statistics.detection import Detection
from u3edu.quiz.statistics.item_analysis import point_biserial, upper_lower
from u3edu.quiz.statistics.ratings import t_tests
from u3edu.quiz.statistics.spread import bootstrap_interval, spread

# Student 1908: additional hours of sleep of ten patients with two drugs.
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
# Fleiss 1971, table 1: 30 patients, 6 psychiatrists, 5 diagnoses.
DIAGNOSES = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006
10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
# Krippendorff 2011, section C: 4 observers, 12 units, with gaps.
OBSERVERS = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


def test_t_tests_equal_the_published_values_of_students_sleep_data() -> None:
    paired, welch = t_tests(*map(np.array, SLEEP))
    assert paired == pytest.approx(0.002833, abs=5e-7)
    assert welch == pytest.approx(0.07939, abs=5e-6)


def test_t_tests_of_shares_without_differences_are_undefined_and_say_so() -> None:
    same = np.array([0.5, 0.6, 0.7])
    assert t_tests(same, same)[0] is None
    assert t_tests(np.ones(3), np.ones(3)) == (None, None)
    assert t_tests(np.ones(1), np.zeros(1)) == (None, None)


def test_kappa_equals_the_published_value_of_fleiss_1971() -> None:
    counts = np.array([[int(digit) for digit in row] for row in DIAGNOSES.split()])
    assert counts.sum(axis=0).tolist() == [26, 26, 30, 55, 43], "the totals that the paper prints"
    assert fleiss_kappa(counts) == pytest.approx(0.430, abs=5e-4)


def test_kappa_refuses_unequal_numbers_of_readers() -> None:
    with pytest.raises(ValueError, match="same number of readers"):
        fleiss_kappa(np.array([[2, 1], [1, 1]]))


def test_kappa_is_one_at_full_agreement_and_near_zero_at_chance() -> None:
    assert fleiss_kappa(np.array([[4, 0], [0, 4], [4, 0]])) == 1
    heads = np.random.default_rng(1).binomial(6, 0.5, 4000)
    assert fleiss_kappa(np.stack([heads, 6 - heads], axis=1)) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_equals_the_published_values_of_krippendorff_2011(level: str, published: float) -> None:
    rows = [row.split() for row in OBSERVERS.strip().splitlines()]
    values = np.array([[np.nan if cell == "." else float(cell) for cell in row] for row in rows])
    assert krippendorff_alpha(values, level) == pytest.approx(published, abs=5e-4)  # type: ignore[arg-type]


def test_nominal_alpha_of_two_readers_without_gaps_equals_krippendorffs_binary_example() -> None:
    # Krippendorff 2011, section A: two observers, ten units, 0 or 1: alpha = 0.095.
    values = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], float)
    assert krippendorff_alpha(values, "nominal") == pytest.approx(0.095, abs=5e-4)


def test_d_prime_and_criterion_follow_from_log_linear_rates() -> None:
    # Rates (15 + 0.5) / 21 and (5 + 0.5) / 21.
    reader = Detection(hits=15, misses=5, false_alarms=5, rejections=15)
    z = stats.norm.ppf(15.5 / 21)
    assert reader.d_prime == pytest.approx(2 * z)
    assert reader.criterion == pytest.approx(0, abs=1e-12)
    assert (reader.sensitivity, reader.specificity) == (0.75, 0.75)


def test_d_prime_of_a_perfect_reader_is_finite_and_of_a_guesser_zero() -> None:
    perfect = Detection(10, 0, 0, 10)
    assert perfect.d_prime == pytest.approx(2 * stats.norm.ppf(10.5 / 11))
    assert Detection(5, 5, 5, 5).d_prime == pytest.approx(0)
    assert Detection(5, 5, 0, 0).d_prime is None


def test_point_biserial_equals_pearsons_correlation() -> None:
    rng = np.random.default_rng(2)
    right, scores = rng.integers(0, 2, 50).astype(float), rng.normal(size=50)
    assert point_biserial(right, scores) == pytest.approx(np.corrcoef(right, scores)[0, 1])
    assert point_biserial(np.ones(50), scores) is None


def test_upper_lower_compares_the_best_and_worst_27_per_cent() -> None:
    scores = np.arange(100.0)
    assert upper_lower((scores >= 73).astype(float), scores) == 1
    assert upper_lower((scores < 27).astype(float), scores) == -1
    assert upper_lower(np.ones(100), scores) == 0


def test_bootstrap_interval_of_a_mean_equals_scipys() -> None:
    values = np.random.default_rng(3).normal(0.7, 0.1, 60)
    ours = spread(values)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20000, rng=4)
    assert ours is not None
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.003)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.003)
    assert ours.sd == pytest.approx(values.std(ddof=1))


def test_bootstrap_intervals_hold_the_true_mean_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(60):
        low, high = bootstrap_interval(rng.normal(0, 1, 40), lambda drawn: drawn.mean(axis=1))
        held += low <= 0 <= high
    assert 51 <= held < 60
