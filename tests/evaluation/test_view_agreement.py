"""Agreement across views, of engines whose agreement is known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.evaluation.pairs import ELEMENTS, picture, white
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.evaluation.view_agreement import TRANSFORMS, compare_views, draw_view, view_figures
from u3edu.imaging.coil_field import AMPLITUDES, evened
from u3edu.imaging.slice import Slice


class Rule:
    """An engine that labels by a rule."""

    name, halo, elements = "rule", 0, ELEMENTS

    def __init__(self, rule: Callable[[np.ndarray], np.ndarray]) -> None:
        self.rule = rule

    def segment(self, picture: Slice) -> LabelMap:
        return LabelMap(self.rule(picture.pixels).astype(np.uint8), ELEMENTS, picture.acquisition)

    def synthesize(self, label_map: LabelMap) -> Slice:
        raise NotImplementedError

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        raise NotImplementedError


BY_INTENSITY = Rule(lambda pixels: pixels > 0)
BY_PLACE = Rule(lambda pixels: (np.arange(pixels.shape[1]) < pixels.shape[1] // 2) * np.ones(pixels.shape))


def blobs(shape: tuple[int, int] = (96, 96)) -> Slice:
    """A dark and a bright half of a disc, far from the threshold."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    bright = (rows - 40) ** 2 + (columns - 50) ** 2 < 400
    return picture(np.where(bright, 0.6, -0.6).astype(np.float32))


def test_a_rule_on_intensity_survives_all_but_a_few_pixels_of_an_outline() -> None:
    figures = view_figures(BY_INTENSITY, [blobs()] * 3)
    assert figures.slices == 3
    assert figures.stability["t1 flip"] == 1
    assert set(figures.stability) == set(TRANSFORMS)
    assert all(share > 0.97 for share in figures.stability.values())
    assert 0.95 < figures.agreement <= 1


def test_a_rule_on_place_fails_under_a_flip_and_under_nothing_photometric() -> None:
    figures = view_figures(BY_PLACE, [blobs()])
    assert figures.stability["t1 flip"] == 0
    for name in ("t3 jitter", "t4 blur", "t5 posterize", "t6 noise"):
        assert figures.stability[name] == 1, name


def test_labels_thrown_like_coins_agree_by_half() -> None:
    numbers = np.random.default_rng(0)
    coins = Rule(lambda pixels: numbers.integers(0, 2, pixels.shape))
    assert view_figures(coins, [blobs()] * 4).agreement == pytest.approx(0.5, abs=0.02)


def test_the_same_seed_draws_the_same_views() -> None:
    noisy = picture(white(0, (64, 64), 0.4))
    assert view_figures(BY_INTENSITY, [noisy], seed=4) == view_figures(BY_INTENSITY, [noisy], seed=4)
    assert view_figures(BY_INTENSITY, [noisy], seed=4) != view_figures(BY_INTENSITY, [noisy], seed=5)


def test_only_pixels_that_both_views_show_are_counted() -> None:
    shown = picture(white(1, (60, 80), 0.4))
    generator = torch.Generator().manual_seed(3)
    first, second = (draw_view(shown, {"affine": "strong"}, {}, generator) for _ in range(2))
    _, valid, _, _ = compare_views(BY_INTENSITY, shown, first, second)
    # Every pixel of the second view, led back to the picture and on to the first view.
    rows, columns = np.mgrid[:80, :80]
    points = np.stack([columns.ravel(), rows.ravel(), np.ones(6400)])
    in_picture = np.linalg.inv(second.geometry.matrix[0].double().numpy()) @ points
    in_first = first.geometry.matrix[0].double().numpy() @ in_picture
    inside = (np.abs(in_picture[0] - 39.5) < 40) & (np.abs(in_picture[1] - 29.5) < 30)
    inside &= (np.abs(in_first[:2] - 39.5) < 40).all(axis=0)
    assert inside.sum() < 4000
    assert valid == pytest.approx(inside.sum(), rel=0.02)


def test_views_are_of_the_even_picture_where_the_engine_divides_a_field_out() -> None:
    field = (0.3, *[0.0] * (AMPLITUDES - 2), 0.2)
    seen = []

    class Dividing(Rule):
        def segment(self, picture: Slice) -> LabelMap:
            label_map = super().segment(picture)
            seen.append(picture)
            found = () if picture.acquisition.coil_field == () else field
            return replace(label_map, acquisition=replace(picture.acquisition, coil_field=found))

    uneven = blobs()
    view_figures(Dividing(lambda pixels: pixels > 0), [uneven])
    first, *views = seen
    assert first.acquisition.coil_field is None
    assert views
    assert all(view.acquisition.coil_field == () for view in views)
    # The picture beside each view under one transformation alone is the untouched even one.
    even = evened(uneven, field).pixels
    assert sum(np.allclose(view.pixels, even, atol=1e-5) for view in views) == len(TRANSFORMS)
