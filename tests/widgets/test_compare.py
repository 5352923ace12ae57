"""Before and after: pictures, a difference that is fair to both signs, and the numbers."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.widgets.fake_engine import pelvis
from u3edu.editing import edited_pixels
from u3edu.widgets import Compare
from u3edu.widgets.compare import difference_rgb


@pytest.fixture
def pair(engine):
    label_map = engine.segment(pelvis(modality="CT"))
    labels = label_map.labels.copy()
    labels[30:34, 20:24] = 9
    edited = label_map.with_labels(labels)
    return engine.synthesize(label_map), engine.synthesize(edited), edited_pixels(label_map, edited)


def shown(compare):
    return [np.asarray(Image.open(io.BytesIO(image.value))) for image in compare._images]


def test_pictures_follow_the_window(pair):
    before, after, edited = pair
    compare = Compare(before, after, edited, halo=2)
    for window in before.acquisition.windows:
        compare._window.value = window
        np.testing.assert_array_equal(shown(compare)[0], before.display(window))
        np.testing.assert_array_equal(shown(compare)[1], after.display(window))


def test_numbers_say_how_much_changed_inside_in_the_rim_and_beyond(pair):
    compare = Compare(*pair, halo=2)
    assert compare.difference.unit == "HU"
    assert compare.difference.edit.pixels == pair[2].sum()
    assert compare.difference.beyond.changed == 0
    text = compare.children[-1].value
    assert "Further than 2 pixels from the edit: nothing changed." in text
    assert "Mean, HU" in text


def test_difference_is_white_where_nothing_changed_and_symmetric(pair):
    before, after, edited = pair
    nowhere = np.zeros_like(edited)
    forth, limit = difference_rgb(before, after, nowhere)
    back, _ = difference_rgb(after, before, nowhere)
    assert limit == pytest.approx(np.abs(after.pixels - before.pixels).max())
    assert forth[0, 0].min() > 240
    brightest = np.unravel_index((after.pixels - before.pixels).argmax(), edited.shape)
    assert forth[brightest][0] > forth[brightest][2], "brighter is red"
    assert back[brightest][2] > back[brightest][0], "darker is blue"


def test_equal_pictures_are_all_white(pair):
    colours, _ = difference_rgb(pair[0], pair[0], np.zeros_like(pair[2]))
    assert colours.min() > 240


def test_repr_is_short_and_stable(pair):
    text = repr(Compare(*pair, halo=2))
    assert text == f"Compare({pair[2].sum()} pixels edited; beyond the rim 0 of {64 * 64 - 64} changed)"


def test_viewers_without_widgets_get_a_still(pair):
    assert "image/png" in Compare(*pair, halo=2)._repr_mimebundle_()


def test_sizes_that_differ_are_refused(pair):
    with pytest.raises(ValueError, match="differ in size"):
        Compare(pair[0], pair[1], pair[2][:10], halo=2)
