"""Edit fidelity: the ruler itself, held against engines whose faults are known."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.editing.label_map import Element, LabelMap
from u3edu.evaluation.edit_fidelity import (
    Elements,
    choose_elements,
    found_tumour,
    measure_edits,
    paint_invasion,
    room_beyond_wall,
)
from u3edu.evaluation.phantom_validity import inside_border
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import Phantom, depth_beyond
from u3edu.imaging.slice import Slice

LEVELS = (-0.9, -0.45, 0.05, 0.6)


@dataclass
class ThresholdEngine:
    """Elements are bands of intensity and the picture is their means: nothing is lost.

    With `shrink`, the picture loses so many pixels of the tumour's edge.
    """

    shrink: int = 0
    name: str = "thresholds"
    halo: int = 5
    elements: tuple[Element, ...] = tuple(Element(f"band {n}", "#000000", m) for n, m in enumerate(LEVELS))

    def segment(self, picture: Slice) -> LabelMap:
        smooth = ndimage.median_filter(picture.pixels, 3)
        labels = np.abs(smooth[..., None] - np.array(LEVELS)).argmin(axis=-1).astype(np.uint8)
        return LabelMap(labels, self.elements, picture.acquisition)

    def synthesize(self, label_map: LabelMap) -> Slice:
        pixels = np.array(LEVELS, dtype=np.float32)[label_map.labels]
        return Slice(pixels, replace(label_map.acquisition, synthetic=True))

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        after = self.synthesize(label_map)
        if self.shrink:
            changed = after.pixels != previous.pixels
            lost = changed & ~ndimage.binary_erosion(changed, np.ones((3, 3)), iterations=self.shrink)
            return after.with_pixels(np.where(lost, previous.pixels, after.pixels))
        return after


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return pelvic_phantom(1, healthy=True)


@pytest.mark.parametrize("depth", [1.0, 4.0, 8.0])
def test_a_stroke_reaches_about_the_depth_that_was_wanted(phantom: Phantom, depth: float) -> None:
    assert room_beyond_wall(phantom, 7) > 8
    painted = paint_invasion(phantom, 7, depth, 1).footprint(phantom.picture.shape)
    wall = inside_border(phantom, "beyond muscularis propria")
    assert depth_beyond(painted, wall, phantom.picture.spacing) == pytest.approx(depth, abs=1.0)
    assert (painted & wall).any()


def test_an_engine_that_loses_nothing_gives_back_the_painted_depth() -> None:
    outcomes = measure_edits(ThresholdEngine(), Elements(1, (0, 1)), 1, 4, np.random.default_rng(0))
    assert len(outcomes) == 4
    for outcome in outcomes:
        assert outcome.measured == pytest.approx(outcome.asked, abs=0.6)
        assert outcome.changed_beyond == outcome.relabelled_beyond == 0


def test_an_engine_that_loses_the_edge_is_found_out() -> None:
    honest, lossy = (
        measure_edits(ThresholdEngine(shrink), Elements(1, (0, 1)), 1, 4, np.random.default_rng(0))
        for shrink in (0, 3)
    )
    for kept, lost in zip(honest, lossy, strict=True):
        assert lost.asked == kept.asked
        assert lost.measured < kept.measured - 1.0 or kept.asked < 2.0


def test_the_element_to_paint_with_is_the_one_that_tumours_have() -> None:
    elements = choose_elements(ThresholdEngine(), [1, 2])
    assert elements == Elements(1, (0, 1))


def test_what_was_like_tumour_before_the_edit_does_not_count_unless_it_was_painted() -> None:
    before = np.zeros((9, 30), dtype=int)
    before[:, 20:] = 1  # fascia
    painted = np.zeros(before.shape, dtype=bool)
    painted[3:6, 2:15] = True
    after = before.copy()
    after[3:6, 2:18] = 1  # three pixels further than painted
    after[0, 25] = 1
    after[8, 0] = 1  # elsewhere
    found = found_tumour(after, before, painted, (1,))
    assert found.sum() == 3 * 16
    assert found[4, 17] and not found[4, 20] and not found[8, 0]
