"""Every tool leaves the operation that its gesture means, by pointer and by numbers alike."""

import numpy as np
import pytest

from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.editing import (
    BrushStroke,
    EditContext,
    Eraser,
    Fill,
    Line,
    Mask,
    OneLayerDeeper,
    Polygon,
    Ring,
)
from u3edu.editing.recipes import Nodule
from u3edu.imaging.series import Series
from u3edu.widgets import Painter
from u3edu.widgets.toolbox import TOOLS
from u3edu.widgets.tools import Settings

MUSCLE = 2
CORNERS = ((10, 12), (10, 40), (30, 26))


@pytest.fixture
def painter(screen, engine, picture):
    painter = Painter(engine, picture, diameter=6)
    painter.choose(MUSCLE)
    return painter


def draw(painter, tool, points):
    """The gesture that the glass sends; points are (row, column)."""
    painter.bench.take(tool)
    canvas = [[column + 0.5, row + 0.5] for row, column in points]
    message = {"kind": "gesture", "id": 1, "tool": tool, "points": canvas}
    painter.bench.screen.glass._handle_custom_msg(message, [])
    painter.session.wait()


def type_in(painter, tool, points):
    """The same by numbers."""
    painter.bench.take(tool)
    painter.bench.numbers.coordinates.value = "; ".join(f"{row}, {column}" for row, column in points)
    painter.bench.numbers.use.click()
    painter.session.wait()


@pytest.mark.parametrize("way", [draw, type_in])
@pytest.mark.parametrize(
    ("tool", "points", "operation"),
    [
        ("brush", CORNERS, BrushStroke(element=MUSCLE, points=CORNERS, diameter=6)),
        ("fill", [(16, 32)], Fill(element=MUSCLE, seed=(16, 32))),
        ("polygon", CORNERS, Polygon(element=MUSCLE, points=CORNERS)),
        ("lasso", CORNERS, Polygon(element=MUSCLE, points=CORNERS)),
        ("line", CORNERS[:2], Line(element=MUSCLE, points=CORNERS[:2], width=6)),
        ("ring", [(10, 12), (40, 32)], Ring(element=MUSCLE, centre=(25, 22), radii=(15, 10), thickness=6)),
    ],
)
def test_tool_leaves_its_operation(painter, way, tool, points, operation):
    base = painter.label_map
    way(painter, tool, points)
    assert painter.script.operations == (operation,)
    expected = operation.apply(base.labels, EditContext(base))
    np.testing.assert_array_equal(painter.label_map.labels, expected)


def test_eraser_brings_back_what_was_there(painter):
    draw(painter, "brush", CORNERS)
    draw(painter, "eraser", CORNERS[:2])
    assert painter.script.operations[1] == Eraser(points=CORNERS[:2], diameter=6)
    np.testing.assert_array_equal(painter.label_map.labels[10, 12:40], painter.session.base.labels[10, 12:40])


def test_layer_tool_takes_the_end_of_the_drag_for_the_lumen():
    settings = Settings(MUSCLE, 6, True, Mask())
    tool = TOOLS["deeper"]
    assert tool.operation(((4, 5),), settings) == OneLayerDeeper(point=(4, 5))
    assert tool.operation(((4, 5), (9, 9)), settings) == OneLayerDeeper(point=(4, 5), lumen=(9, 9))


@pytest.mark.parametrize("tool", ["pick", "region", "ruler"])
def test_looking_changes_no_element(painter, tool):
    draw(painter, tool, CORNERS)
    assert len(painter.script) == 0
    assert not painter.edited.any()


def test_ruler_and_region_say_millimetres(painter):
    draw(painter, "ruler", [(10, 10), (10, 40)])
    assert "15.0 mm." in painter.bench.status.value
    draw(painter, "region", [(10, 10), (10, 40), (30, 40), (30, 10)])
    assert "Region of 150.0 mm²" in painter.bench.status.value
    assert [mark["gesture"] for mark in painter.bench.screen.glass.marks] == ["measure", "lasso"]
    painter.bench.regions.unmark.click()
    assert [mark["gesture"] for mark in painter.bench.screen.glass.marks] == ["measure"]


def test_operations_keep_to_the_marked_region(painter):
    draw(painter, "region", [(0, 0), (0, 63), (32, 63), (32, 0)])
    painter.bench.regions.buttons["grow"].click()
    painter.session.wait()
    assert painter.edited.any() and not painter.edited[33:].any()
    assert painter.script.operations[0].region is not None


def test_limits_are_in_words_and_in_every_operation(painter):
    painter.bench.limits.keep.value = (7,)
    assert "Paint: keeps fat." in painter.bench.limits.words.value
    fat = painter.label_map.labels == 7
    for tool in ("brush", "polygon", "lasso", "line", "ring", "fill"):
        draw(painter, tool, [(10, 12), (10, 40), (30, 26)] if tool != "fill" else [(16, 32)])
    assert all(operation.mask == Mask(keep=(7,)) for operation in painter.script.operations)
    assert painter.edited.any()
    assert (painter.label_map.labels[fat] == 7).all()


def test_impossible_limits_are_refused_in_words(painter):
    painter.bench.limits.only_over.value = painter.bench.limits.keep.value = (7,)
    assert "lets nothing be painted" in painter.bench.limits.words.value
    draw(painter, "brush", CORNERS)
    assert "That did not work" in painter.bench.status.value
    assert len(painter.script) == 0


def test_tissue_taken_from_a_region_is_what_brush_and_polygon_paint(painter):
    draw(painter, "region", [(20, 20), (20, 44), (34, 44), (34, 20)])
    painter.bench.tissues.take.click()
    exemplar = painter.bench.tissues.tissue.exemplar
    for left, tool in enumerate(("brush", "polygon", "lasso")):
        draw(painter, tool, [(50, 2 + 20 * left), (50, 16 + 20 * left), (60, 9 + 20 * left)])
    draw(painter, "fill", [(0, 0)])
    kinds = [operation.kind for operation in painter.script.operations]
    assert kinds == ["tissue_stroke", "tissue_polygon", "tissue_polygon", "tissue_fill"]
    assert all(operation.exemplar == exemplar for operation in painter.script.operations)


def test_clone_is_laid_with_its_middle_where_the_stroke_begins(painter):
    draw(painter, "region", [(20, 20), (20, 40), (32, 40), (32, 20)])
    painter.bench.tissues.take.click()
    painter.bench.tissues.mode.value = "clone"
    draw(painter, "brush", [(50, 30)])
    stroke = painter.script.operations[0]
    rows, columns = stroke.exemplar.shape
    assert stroke.offset == (50 - rows // 2, 30 - columns // 2)


def test_exemplar_without_a_region_is_refused_in_words(painter):
    painter.bench.tissues.take.click()
    assert "no region is marked" in painter.bench.status.value


@pytest.mark.parametrize("text", ["", "12", "1, 2, 3", "a, b"])
def test_numbers_that_are_no_points_are_refused_in_words(painter, text):
    painter.bench.numbers.coordinates.value = text
    painter.bench.numbers.use.click()
    assert "That did not work" in painter.bench.status.value
    assert "120, 140; 130, 150" in painter.bench.status.value
    assert len(painter.script) == 0


def test_too_few_corners_are_refused_in_one_sentence(painter):
    type_in(painter, "polygon", CORNERS[:2])
    assert "nothing was painted: points: a polygon has at least three corners" in painter.bench.status.value


def test_page_is_answered_even_when_a_gesture_fails(painter, monkeypatch):
    answers = []
    monkeypatch.setattr(painter.bench.screen.glass, "send", answers.append)

    def fail(_):
        raise RuntimeError("out of <paint>")

    monkeypatch.setattr(painter.session, "do", fail)
    draw(painter, "brush", CORNERS)
    assert answers == [{"kind": "done", "id": 1}]
    assert "out of &lt;paint&gt;" in painter.bench.status.value


def test_read_out_tells_element_intensity_and_place(screen):
    painter = Painter(FakeEngine(), pelvis(modality="CT"))
    painter.bench.numbers.coordinates.value = "3, 4"
    painter.bench.numbers.read.click()
    intensity = round(float(painter.picture.raw[3, 4]))
    assert f"row 3, column 4 · 0 air · {intensity} HU · 1.5 mm down, 2.0 mm across" in (
        painter.bench.status.value
    )


def test_zoom_slider_and_arrows_move_the_view_and_follow_it(painter):
    glass, view = painter.bench.screen.glass, painter.bench.view
    view.zoom.value = 4
    assert glass.view == [4, 0.375, 0.375]
    view.pan["right"].click()
    view.pan["up"].click()
    assert glass.view == pytest.approx([4, 0.425, 0.325])
    glass.view = [2.5, 0.1, 0.6]
    assert view.zoom.value == 2.5
    assert glass.view == [2.5, 0.1, 0.6]


def test_dragging_the_window_shifts_level_and_width(painter):
    glass, view = painter.bench.screen.glass, painter.bench.view
    before = view.window
    glass._handle_custom_msg({"kind": "window", "id": 3, "drag": [0.5, 0.25]}, [])
    assert view.window.centre == pytest.approx(before.centre + 0.25 * before.width)
    assert view.window.width == pytest.approx(1.5 * before.width)
    assert view.preset.value == "by hand"


def test_neighbouring_slices_are_for_looking(screen, engine, picture):
    other = picture.with_pixels(picture.pixels[::-1])
    painter = Painter(engine, picture, series=Series((other, picture), "MR"))
    canvas = painter.bench.screen.layers.canvas
    assert painter.bench.view.slice.value == 2
    painter.bench.view.slice.value = 1
    np.testing.assert_array_equal(screen.show(canvas[0])[..., 0], other.display())
    assert not screen.show(canvas[1]).any()
    draw(painter, "brush", CORNERS)
    assert "go back to the painted slice" in painter.bench.status.value
    assert len(painter.script) == 0
    painter.bench.view.slice.value = 2
    np.testing.assert_array_equal(screen.show(canvas[0])[..., 0], picture.display())


def test_picture_of_another_series_is_refused(engine, picture):
    other = picture.with_pixels(picture.pixels[::-1])
    with pytest.raises(ValueError, match="not one of the series"):
        Painter(engine, picture, series=Series((other,), "MR"))


def test_recipe_leaves_ordinary_operations_at_the_marked_place(painter):
    painter.bench.recipes.choice.value = "Nodule"
    painter.bench.recipes.fields["diameter"].value = 12.0
    painter.bench.recipes.make.click()
    assert "mark a place first" in painter.bench.status.value
    draw(painter, "place", [(32, 20)])
    painter.bench.recipes.make.click()
    painter.session.wait()
    expected = Nodule(diameter=12.0).operations(painter.session.base, (32.0, 20.0), MUSCLE)
    assert painter.script.operations == expected


def test_every_recipe_offers_a_slider_or_list_for_each_of_its_parameters(painter):
    panel = painter.bench.recipes
    for name in panel.choice.options:
        panel.choice.value = name
        assert panel.fields and all(field.description for field in panel.fields.values())
