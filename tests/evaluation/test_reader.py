"""The automatic reader: finds out what is made, and does not find what isn't."""

import numpy as np
import pytest
from scipy import ndimage, stats

from tests.evaluation.pairs import picture
from u3edu.evaluation.reader import AutomaticReader, reader_figures
from u3edu.evaluation.reader_features import tile_features
from u3edu.imaging.slice import Slice
from u3edu.model.backbone import Backbone


class Told:
    """A reader whose scores are the features themselves."""

    def tile_scores(self, tiles: np.ndarray) -> np.ndarray:
        return tiles[:, 0]


def tiles(numbers: np.random.Generator, shift: float, slices: int, each: int = 3) -> list[np.ndarray]:
    return [numbers.normal(shift, 1, (each, 1)) for _ in range(slices)]


def test_areas_are_the_share_of_pairs_in_the_right_order() -> None:
    numbers = np.random.default_rng(0)
    real, made = tiles(numbers, 0, 12), tiles(numbers, 0.7, 12)
    figures = reader_figures(Told(), "one", real, made)
    by_slice = [[float(one.mean()) for one in slices] for slices in (real, made)]
    assert figures.auc == pytest.approx(np.mean([m > r for r in by_slice[0] for m in by_slice[1]]))
    by_tile = [np.concatenate(slices)[:, 0] for slices in (real, made)]
    assert figures.tile_auc == pytest.approx(np.mean(by_tile[1][:, None] > by_tile[0]))
    assert figures.low < figures.auc < figures.high
    assert np.trapezoid(figures.true_positives, figures.false_positives) == pytest.approx(figures.auc)


def test_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    # Means of three tiles of unit variance, 0.7 apart: area = Phi(0.7 sqrt(3) / sqrt(2)) = 0.804.
    numbers = np.random.default_rng(1)
    held = 0
    for _ in range(20):
        figures = reader_figures(Told(), "one", tiles(numbers, 0, 25), tiles(numbers, 0.7, 25))
        held += figures.low <= 0.804 <= figures.high
    assert held >= 16


def test_interval_is_that_of_drawing_slices_one_by_one() -> None:
    numbers = np.random.default_rng(3)
    real, made = tiles(numbers, 0, 15), tiles(numbers, 0.5, 15)
    figures = reader_figures(Told(), "one", real, made)
    areas = []
    for _ in range(1000):
        draw = numbers.integers(15, size=15)
        first, second = (np.concatenate([slices[index] for index in draw])[:, 0] for slices in (real, made))
        areas.append(stats.mannwhitneyu(second, first).statistic / (len(first) * len(second)))
    assert (figures.tile_low, figures.tile_high) == pytest.approx(np.percentile(areas, [2.5, 97.5]), abs=0.02)


def test_a_slice_without_a_tile_is_passed_over() -> None:
    numbers = np.random.default_rng(2)
    real, made = tiles(numbers, 0, 4), tiles(numbers, 9, 4)
    real[1] = made[1] = np.empty((0, 0))
    assert reader_figures(Told(), "one", real, made).slices == 3


def test_nothing_to_learn_from_or_to_look_at_is_refused() -> None:
    nothing = [np.empty((0, 0))]
    with pytest.raises(ValueError, match="no tile of 128 x 128 pixels"):
        AutomaticReader(nothing, nothing)
    with pytest.raises(ValueError, match="small patient: no tile"):
        reader_figures(Told(), "small patient", nothing, nothing)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return Backbone()


def texture(seed: int, coarseness: float) -> Slice:
    """A patient's tissue: blobs with grain; another patient's blobs are of another size."""
    numbers = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(numbers.normal(size=(128, 128)), coarseness)
    grain = ndimage.gaussian_filter(numbers.normal(size=(128, 128)), 0.5)
    return picture(np.clip(0.3 * blobs / blobs.std() + 0.1 * grain / grain.std(), -1, 1).astype(np.float32))


def test_blurred_and_posterised_copies_are_found_out_and_real_slices_are_not(backbone: Backbone) -> None:
    body = np.ones((128, 128), dtype=bool)

    def features(slices: list[Slice]) -> list[np.ndarray]:
        return [tile_features(backbone, one, body) for one in slices]

    def blurred(one: Slice) -> Slice:
        return one.with_pixels(ndimage.gaussian_filter(one.pixels, 0.8))

    def posterised(one: Slice) -> Slice:
        return one.with_pixels(np.round(one.pixels * 6) / 6)

    fit = [texture(seed, 4) for seed in range(16)]
    test = [texture(100 + seed, 6) for seed in range(12)]
    real_fit, real_test = features(fit), features(test)
    for make in (blurred, posterised):
        reader = AutomaticReader(real_fit, features([make(one) for one in fit]))
        figures = reader_figures(reader, "other", real_test, features([make(one) for one in test]))
        assert figures.auc > 0.97, make.__name__
    # Called made by lot: there is nothing to find.
    reader = AutomaticReader(real_fit[:8], real_fit[8:])
    figures = reader_figures(reader, "other", real_test[:6], real_test[6:])
    assert figures.low <= 0.5 <= figures.high
