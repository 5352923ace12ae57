"""Grading a painted tumour against phantoms and strips of known truth."""

import numpy as np
import pytest

from tests.quiz.stand_ins import LAYERS, TUMOUR, columns_map, paint_task
from u3edu.editing import BrushStroke, EditScript
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.rectal_tumour import Invasion, RectalTumour
from u3edu.imaging.phantom.rectum import RectalLayer
from u3edu.imaging.phantom.tissues import PelvicTissue
from u3edu.imaging.phantom.truth import Phantom
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.mark import Part
from u3edu.quiz.paint_marking import layer_picture, paint_parts
from u3edu.quiz.painting import PaintedTumour, PaintTask, measure_painting


def paint(*strokes: BrushStroke, **changes: object) -> tuple[PaintedTumour, PaintTask]:
    before, _ = columns_map()
    task = paint_task(**changes)
    return measure_painting(before, EditScript(operations=strokes).apply(before)[0], task), task


def to_column(column: float, row: float = 24.0) -> BrushStroke:
    return BrushStroke(element=TUMOUR, points=((row, 4.0), (row, column)), diameter=1)


def parts(tumour: PaintedTumour, task: PaintTask) -> dict[str, Part]:
    return {part.name: part for part in paint_parts(tumour, task)}


@pytest.mark.parametrize("depth", [2, 4, 7.5])
def test_depth_is_the_distance_from_the_target_layers_inner_border(depth: float) -> None:
    # The mesorectum begins at column 16; a pixel is half a millimetre.
    tumour, _ = paint(to_column(15 + 2 * depth))
    assert tumour.depth_mm == pytest.approx(depth)
    assert tumour.deepest == "mesorectum"
    assert tumour.tip == (24, 15 + 2 * depth)


def test_the_asked_edit_is_right_in_every_part() -> None:
    found = parts(*paint(to_column(23), BrushStroke(element=TUMOUR, points=((24, 17),), diameter=4)))
    assert list(found) == ["layer", "depth", "position", "spared", "one piece"]
    assert all(part.right for part in found.values()), found


def test_too_shallow_names_the_layer_where_it_ends() -> None:
    found = parts(*paint(BrushStroke(element=TUMOUR, points=((22, 4), (22, 12)), diameter=3)))
    assert (
        found["layer"].words == "The tumour ends in the muscularis propria; it was to reach the mesorectum."
    )
    assert found["depth"].words.startswith("It does not cross the inner border of the mesorectum")
    assert not found["layer"].right and not found["depth"].right and not found["position"].right


def test_too_deep_names_what_lies_beyond() -> None:
    tumour, task = paint(BrushStroke(element=TUMOUR, points=((24, 4), (24, 44)), diameter=4))
    found = parts(tumour, task)
    assert tumour.deepest == "outside"
    assert found["layer"].words == "The tumour goes through the mesorectum and reaches the outside."
    assert not found["depth"].right


def test_the_wrong_place_is_wrong_in_its_position_alone() -> None:
    found = parts(
        *paint(to_column(23, row=8), BrushStroke(element=TUMOUR, points=((24, 4), (8, 4)), diameter=2))
    )
    assert [name for name, part in found.items() if not part.right] == ["position"]


def test_a_structure_that_was_to_be_spared_is_named_with_its_area() -> None:
    over = BrushStroke(element=TUMOUR, points=((24, 22), (4, 22)), diameter=2)
    found = parts(*paint(to_column(23), over))
    assert not found["spared"].right
    assert "vessel (" in found["spared"].words and "mm²" in found["spared"].words


def test_paint_apart_from_the_tumour_is_told_and_does_not_count_for_depth() -> None:
    apart = BrushStroke(element=TUMOUR, points=((40, 36),), diameter=4)
    tumour, task = paint(to_column(19), apart)
    assert tumour.depth_mm == pytest.approx(2)
    assert tumour.stray_mm2 > 1
    assert not parts(tumour, task)["one piece"].right


def test_painting_with_another_element_is_no_tumour() -> None:
    tumour, task = paint(BrushStroke(element=1, points=((24, 4), (24, 30)), diameter=4))
    assert [part.words for part in paint_parts(tumour, task)] == [
        "No tumour was painted: nothing became tumour."
    ]


def test_taking_tumour_away_counts() -> None:
    lesion = np.zeros((48, 48), bool)
    lesion[20:29, :20] = True
    strokes = to_column(17), BrushStroke(element=0, points=((24, 19),), diameter=2)
    kept, _ = paint(strokes[0], lesion=lesion)
    erased, _ = paint(
        *strokes, BrushStroke(element=1, points=((18, 18), (31, 18)), diameter=6), lesion=lesion
    )
    assert kept.depth_mm == pytest.approx(2.0)
    assert erased.depth_mm < kept.depth_mm


def test_maps_of_another_size_are_refused() -> None:
    before, layers = columns_map()
    with pytest.raises(InvalidQuiz, match="pixels"):
        measure_painting(before, before, paint_task(layers=layers[:40], lesion=layers[:40] > 9, spared={}))
    with pytest.raises(InvalidQuiz, match="no layer 'serosa'"):
        paint_task(target="serosa")
    with pytest.raises(InvalidQuiz, match="no border"):
        measure_painting(before, before, paint_task(layers=np.where(layers == 3, 3, 0)))


def test_the_feedback_picture_marks_the_tumour_and_the_deepest_point() -> None:
    tumour, task = paint(to_column(23))
    grey = np.full((48, 48), 90, np.uint8)
    drawn = layer_picture(grey, tumour, task)
    assert drawn.shape == (48, 48, 3)
    assert (drawn[24, 23] == (204, 0, 160)).all(), "a cross at the tip"
    assert (drawn[20, 15] == (86, 180, 233)).all(), "the inner border of the target layer"
    assert (drawn[44, 44] == 90).all()


@pytest.fixture(scope="module")
def healthy() -> Phantom:
    return pelvic_phantom(11, healthy=True, shape=(280, 280))


@pytest.mark.parametrize(
    ("invasion", "target", "depth"),
    [
        ("submucosa", RectalLayer.SUBMUCOSA, 1.2),
        ("muscularis propria", RectalLayer.MUSCULARIS_PROPRIA, 1.4),
        ("mesorectum", RectalLayer.MESORECTUM, 4.0),
    ],
)
def test_depth_on_phantoms_is_the_depth_that_was_drawn(
    healthy: Phantom, invasion: Invasion, target: RectalLayer, depth: float
) -> None:
    diseased = pelvic_phantom(11, RectalTumour(4, 3, invasion, depth), shape=(280, 280))
    elements = tuple(Element(name, "#888888", 0.0) for name in healthy.tissue_names)
    before = LabelMap(healthy.tissues, elements, healthy.picture.acquisition)
    task = PaintTask(
        layers=healthy.layers,
        layer_names=healthy.layer_names,
        lesion=np.zeros(healthy.layers.shape, bool),
        tumour_elements=(PelvicTissue.TUMOUR,),
        target=healthy.layer_names[target],
        depth_mm=depth,
        within_mm=1.0,
        place=None,
        place_within_mm=8.0,
        spared={"mesorectal fascia": healthy.mask("mesorectal fascia")},
    )
    tumour = measure_painting(before, before.with_labels(diseased.tissues), task)
    # Half a pixel of 0.6 mm at either end.
    assert tumour.depth_mm == pytest.approx(depth, abs=0.6)
    assert tumour.deepest == healthy.layer_names[target]
    assert tumour.touched_mm2 == {"mesorectal fascia": 0.0}
    assert all(part.right for part in paint_parts(tumour, task))


def test_layer_names_of_the_stand_in_match_its_map() -> None:
    assert int(columns_map()[1].max()) == len(LAYERS) - 1
