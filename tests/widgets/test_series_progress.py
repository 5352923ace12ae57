"""The progress bar of a series in a notebook: it advances with each slice, and it ends."""

import numpy as np
import pytest

from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.imaging.series import Series
from u3edu.widgets import series_progress
from u3edu.widgets.series_progress import SegmentingProgress, segment_with_progress

SLICES = 4


@pytest.fixture
def shown(monkeypatch):
    """What was displayed."""
    widgets: list[SegmentingProgress] = []
    monkeypatch.setattr(series_progress, "display", widgets.append)
    return widgets


def series():
    picture = pelvis(32)
    return Series(tuple(picture.with_pixels(np.roll(picture.pixels, n)) for n in range(SLICES)), "MR")


class Watched(FakeEngine):
    """Notes what the bar says whenever a slice is asked for."""

    def __init__(self, shown, failing_at=None):
        super().__init__()
        self.shown, self.failing_at, self.seen = shown, failing_at, []

    def segment(self, picture):
        (progress,) = self.shown
        self.seen.append((progress.bar.value, progress.words.value))
        if len(self.seen) - 1 == self.failing_at:
            raise ValueError("not this one")
        return super().segment(picture)


def test_bar_advances_with_each_slice_and_ends_full(shown):
    engine = Watched(shown)
    label_maps = segment_with_progress(engine, series())
    assert engine.seen == [(done, f"{done} of {SLICES} slices") for done in range(SLICES)]
    (progress,) = shown
    assert (progress.bar.value, progress.bar.max) == (SLICES, SLICES)
    assert progress.bar.bar_style == "success" and progress.words.value == f"{SLICES} of {SLICES} slices"
    for label_map, picture in zip(label_maps, series(), strict=True):
        np.testing.assert_array_equal(label_map.labels, FakeEngine().segment(picture).labels)


def test_bar_says_that_a_slice_could_not_be_segmented(shown):
    with pytest.raises(ValueError, match="not this one"):
        segment_with_progress(Watched(shown, failing_at=2), series())
    (progress,) = shown
    assert (progress.bar.value, progress.bar.bar_style) == (2, "danger")
