"""Plain figures show themselves and name every element."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.widgets.fake_engine import pelvis
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.widgets import show_label_map, show_slices


def test_figure_shows_itself_as_png_with_a_stable_text():
    figure = show_slices(pelvis(), pelvis(), titles=["one", "two"])
    assert repr(figure) == "<StillFigure size 840x460 with 2 Axes>"
    assert Image.open(io.BytesIO(figure._repr_png_())).size == (840, 460)


def test_slices_are_shown_in_true_proportions_through_the_window():
    picture = pelvis()
    window = picture.acquisition.windows[1]
    axes = show_slices(picture, window=window).axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), picture.display(window))


def test_legend_has_numeral_name_and_share_of_every_element(engine):
    label_map = engine.segment(pelvis())
    figure = show_label_map(label_map, pelvis())
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(texts) == 10
    assert texts[0] == f"0  air  {label_map.shares()[0]:.1%}"
    assert len(figure.axes) == 3


def test_numerals_stand_on_their_element(engine):
    label_map = engine.segment(pelvis(128))
    texts = show_label_map(label_map).axes[0].texts
    assert texts
    for text in texts:
        column, row = text.get_position()
        assert label_map.labels[row, column] == int(text.get_text())


def test_titles_that_do_not_match_and_no_picture_are_refused():
    with pytest.raises(ValueError, match="2 pictures"):
        show_slices(pelvis(), pelvis(), titles=["one"])
    with pytest.raises(ValueError, match="at least one"):
        show_slices()


def test_picture_of_another_size_is_refused(engine):
    with pytest.raises(ValueError, match="label map has"):
        show_label_map(engine.segment(pelvis()), pelvis(32))


def test_a_phantom_is_called_one_where_it_is_shown():
    phantom = pelvic_phantom(1, healthy=True, shape=(40, 40))
    title = show_slices(phantom.picture).axes[0].get_title()
    assert title == "MR, synthetic, for education only (phantom, seed 1)"
