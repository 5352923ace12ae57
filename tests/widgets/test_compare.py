"""Before and after: pictures, a difference that is fair to both signs, the numbers, and exports."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.widgets.fake_engine import pelvis
from u3edu.editing import edited_pixels
from u3edu.widgets.compare import Compare
from u3edu.widgets.difference_map import difference_rgb
from u3edu.widgets.slides import FOOT, PANEL_HEIGHT, TITLE


@pytest.fixture
def pair(engine):
    label_map = engine.segment(pelvis(modality="CT"))
    labels = label_map.labels.copy()
    labels[30:34, 20:24] = 9
    edited = label_map.with_labels(labels)
    return engine.synthesize(label_map), engine.synthesize(edited), edited_pixels(label_map, edited)


def shown(compare):
    return [np.asarray(Image.open(io.BytesIO(picture["png"]))) for picture in compare.pane.pictures]


def test_pictures_follow_the_window(pair):
    before, after, edited = pair
    compare = Compare(before, after, edited, halo=2)
    for window in before.acquisition.windows:
        compare.window.value = window
        np.testing.assert_array_equal(shown(compare)[0], before.display(window))
        np.testing.assert_array_equal(shown(compare)[1], after.display(window))
        np.testing.assert_array_equal(shown(compare)[2], difference_rgb(*pair)[0])


def test_pictures_say_whether_they_are_synthetic(pair):
    before, after, edited = pair
    compare = Compare(before.with_pixels(before.pixels, synthetic=False), after, edited, halo=2)
    notes = [picture["note"] for picture in compare.pane.pictures]
    assert notes == ["original picture", "synthetic, for education only", "red brighter, blue darker"]


def test_numbers_say_how_much_changed_inside_in_the_rim_and_beyond(pair):
    compare = Compare(*pair, halo=2)
    assert compare.difference.unit == "HU"
    assert compare.difference.edit.pixels == pair[2].sum()
    assert compare.difference.beyond.changed == 0
    text = compare.children[-1].value
    assert "Further than 2 pixels from the edit: nothing changed." in text
    assert "Mean, HU" in text


def test_cursor_reads_the_same_place_in_both_pictures(pair):
    compare = Compare(*pair, halo=2)
    compare.pane.cursor = [31, 21]
    before, after = (round(float(picture.raw[31, 21])) for picture in pair[:2])
    assert compare.pane.reading == f"Row 31, column 21: Before {before} HU, After {after} HU."
    compare.pane.cursor = [64, 0]
    assert compare.pane.reading == ""


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


def test_figure_for_slides_has_the_pictures_a_title_over_each_and_the_banner(pair, tmp_path):
    Compare(*pair, halo=2).save_figure(tmp_path / "figure.png")
    image = np.asarray(Image.open(tmp_path / "figure.png").convert("L"))
    assert image.shape == (TITLE + PANEL_HEIGHT + FOOT, 3 * PANEL_HEIGHT + 24)
    for panel in range(3):
        above = image[:TITLE, panel * (PANEL_HEIGHT + 12) :][:, :PANEL_HEIGHT]
        assert (above > 200).any(), "a title in white"
    assert (image[-FOOT:] > 200).any(), "the banner"
    before = np.asarray(Image.fromarray(pair[0].display()).resize((512, 512), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(image[TITLE:-FOOT, :PANEL_HEIGHT], before)


@pytest.mark.parametrize("name", ["steps.gif", "steps.png"])
def test_progression_shows_each_state_in_turn_without_end_and_differs_only_by_the_edit(pair, tmp_path, name):
    Compare(*pair, halo=2).save_progression(tmp_path / name, seconds=0.5)
    image = Image.open(tmp_path / name)
    assert image.n_frames == 2 and image.info["loop"] == 0
    frames = []
    for number in range(2):
        image.seek(number)
        assert image.info["duration"] == 500
        frames.append(np.asarray(image.convert("L")).astype(int))
    differs = (frames[0] != frames[1])[TITLE:-FOOT]
    rows, columns = np.nonzero(differs)
    scale = PANEL_HEIGHT // 64
    assert rows.min() >= (30 - 5) * scale and rows.max() <= (34 + 5) * scale
    assert columns.min() >= (20 - 5) * scale and columns.max() <= (24 + 5) * scale


def test_progression_that_could_harm_or_of_unknown_kind_is_refused(pair, tmp_path):
    compare = Compare(*pair, halo=2)
    with pytest.raises(ValueError, match=r"0\.4 to 60 seconds"):
        compare.save_progression(tmp_path / "steps.gif", seconds=0.1)
    with pytest.raises(ValueError, match=r"steps\.mp4"):
        compare.save_progression(tmp_path / "steps.mp4")
    assert not list(tmp_path.iterdir())


def test_buttons_offer_figure_and_animation_for_download(pair):
    compare = Compare(*pair, halo=2)
    for button, kind in ((compare.figure_button, "PNG"), (compare.animation_button, "GIF")):
        button.click()
        content = base64.b64decode(re.search(r'base64,([^"]+)"', compare._link.value)[1])
        assert Image.open(io.BytesIO(content)).format == kind
    compare.window.value = pair[0].acquisition.windows[1]
    assert compare._link.value == "", "a file of another window is no longer offered"


def test_sizes_that_differ_are_refused(pair):
    with pytest.raises(ValueError, match="differ in size"):
        Compare(pair[0], pair[1], pair[2][:10], halo=2)
