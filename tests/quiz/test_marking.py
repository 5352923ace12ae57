"""What marks say, and where a click counts."""

import numpy as np
import pytest

from tests.quiz.stand_ins import ELEMENTS, every_kind
from u3edu.editing import EditScript, Fill
from u3edu.editing.mask import IntensityRange, Mask
from u3edu.quiz.answers import PaintItAnswer, RateABCAnswer, WhatChangedAnswer, answer_to
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.files import read_png
from u3edu.quiz.items import Item, PaintIt
from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import BookMarker, distance_to, label_map_of, picture_of

QUIZ, BOOK = every_kind()
MARKER = BookMarker(QUIZ, BOOK)


def item(kind: str) -> Item:
    return next(one for one in QUIZ.items if one.kind == kind)


def test_a_rating_is_explained_by_how_the_item_was_made() -> None:
    mark = MARKER.mark(item("rate_abc").id, RateABCAnswer(rating="C"))
    assert not mark.right
    assert mark.reason == (
        "By the way it was made, this is B: natural, but the caption does not fit. It reaches the submucosa."
    )


@pytest.mark.parametrize(
    ("place", "right"),
    [((32.0, 12.0), True), ((33.0, 17.0), True), ((33.0, 17.6), False), ((0.0, 0.0), False)],
)
def test_a_click_counts_within_the_distance_that_the_key_allows(
    place: tuple[float, float], right: bool
) -> None:
    # The change ends at column 13; 2 mm are 4 pixels.
    mark = MARKER.mark(item("what_changed").id, WhatChangedAnswer(choice=1, place=place))
    assert {part.name: part.right for part in mark.parts} == {"choice": True, "place": right}
    assert mark.score == (1 if right else 0.5)


def test_distance_is_in_millimetres_of_each_axis() -> None:
    mask = np.zeros((10, 10), bool)
    mask[5, 5] = True
    assert distance_to(mask, (5, 5), (2.0, 0.5)) == 0
    assert distance_to(mask, (8, 5), (2.0, 0.5)) == pytest.approx(6)
    assert distance_to(mask, (5, 8), (2.0, 0.5)) == pytest.approx(1.5)
    assert distance_to(mask, (-4, 5), (1.0, 1.0)) == pytest.approx(9)
    assert distance_to(mask & False, (5, 5), (1.0, 1.0)) == float("inf")


def test_a_painting_is_shown_with_the_layer() -> None:
    mark = MARKER.mark(item("paint_it").id, PaintItAnswer(script=EditScript()))
    assert mark.picture is not None
    assert read_png(mark.picture, "feedback").shape == (48, 48, 3)
    assert mark.reason.startswith("No tumour was painted")


def test_an_edit_limited_by_intensity_is_marked_on_the_picture_that_was_painted_on() -> None:
    limited = Fill(element=2, seed=(24, 4), mask=Mask(within=IntensityRange(high=300)))
    none = Fill(element=2, seed=(24, 4), mask=Mask(within=IntensityRange(low=300)))
    asked = item("paint_it").id
    reasons = [
        MARKER.mark(asked, PaintItAnswer(script=EditScript(operations=(operation,)))).reason
        for operation in (limited, none)
    ]
    assert "No tumour was painted" in reasons[1] and "No tumour was painted" not in reasons[0]


def test_an_edit_that_does_not_fit_is_no_answer() -> None:
    outside = EditScript(operations=(Fill(element=2, seed=(400, 2)),))
    with pytest.raises(InvalidAnswer, match="does not fit the picture: operation 1"):
        MARKER.mark(item("paint_it").id, PaintItAnswer(script=outside))


def test_an_answer_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="got an answer to rate_abc"):
        MARKER.mark(item("stage_it").id, RateABCAnswer(rating="A"))


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("real_or_synthetic", "fake", "answer 'real' or 'synthetic'"),
        ("rate_abc", "D", "answer 'A', 'B' or 'C'"),
        ("stage_it", "T9", "answer with one of 'T1', 'T2', 'T3'; got 'T9'"),
        ("stage_it", 3, "got number 3 of 3 choices"),
        ("stage_it", -1, "answer with one of"),
        ("what_changed", "size", "place"),
        ("paint_it", 3, "answer with an edit script"),
    ],
)
def test_what_is_no_answer_is_told_what_would_be_one(kind: str, given: object, message: str) -> None:
    with pytest.raises(InvalidAnswer, match=message.replace("(", r"\(")):
        answer_to(item(kind), given)


def test_a_mark_travels_as_json_with_its_picture() -> None:
    mark = MARKER.mark(item("paint_it").id, PaintItAnswer(script=EditScript()))
    assert Mark.model_validate_json(mark.model_dump_json()) == mark


def test_the_picture_to_paint_on_shows_the_grey_levels_of_the_file() -> None:
    asked = item("paint_it")
    assert isinstance(asked, PaintIt)
    shown = picture_of(asked, QUIZ)
    np.testing.assert_array_equal(shown.display(), QUIZ.pixels(asked.picture))
    assert label_map_of(asked, QUIZ, ELEMENTS).elements == ELEMENTS
    assert shown.spacing == (0.5, 0.5)
