"""Captions: prose of structure, contradictions between the two, and captions made wrong on purpose."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.cases.strategies import captions, lesions
from u3edu.cases.caption import Caption, LungNodule, NoLesion, RectalTumour, Staging
from u3edu.cases.contradictions import contradictions
from u3edu.cases.prose import compose
from u3edu.cases.variations import NoVariation, varied, wrong_layer, wrong_side, wrong_size

T3B = RectalTumour(
    wall="left lateral",
    size_mm=32,
    shape="ulcerated",
    margin="irregular",
    deepest_layer="mesorectal fat",
    depth_mm=4,
    staging=Staging(scheme="ESGAR", edition=2018, category="T3b"),
)
NODULE = LungNodule(
    lobe="right upper lobe",
    size_mm=18,
    shape="round",
    margin="spiculated",
    staging=Staging(scheme="TNM", edition=9, category="T1b"),
)


def test_prose_tells_location_size_shape_layer_and_stage() -> None:
    assert compose(T3B) == (
        "Ulcerated tumour of the left lateral wall of the rectum, 32 mm in its longest extent, with an "
        "irregular margin and intermediate signal on T2-weighted images. It breaks through the muscularis "
        "propria and extends 4 mm into the mesorectal fat. Category T3b (ESGAR, 2018)."
    )
    assert compose(NODULE) == (
        "Solid, round nodule of the right upper lobe, 18 mm in its longest diameter. Its margin is "
        "spiculated. It is surrounded by lung; the visceral pleura is spared. Category T1b (TNM, 9th "
        "edition)."
    )
    assert "No tumour of the rectum" in compose(NoLesion(organ="rectum"))


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(captions)
def test_composed_prose_never_contradicts_its_caption(caption: Caption) -> None:
    assert contradictions(caption, compose(caption)) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lesions, st.sampled_from(["wrong_layer", "wrong_size", "wrong_side"]), st.integers(0, 2**32 - 1))
def test_a_caption_made_wrong_contradicts_the_prose_of_the_true_one(
    caption: RectalTumour | LungNodule, variation: str, seed: int
) -> None:
    wrong = varied(caption, variation, seed)  # type: ignore[arg-type]
    assert wrong != caption
    assert contradictions(wrong, compose(caption))
    assert contradictions(caption, compose(wrong))
    assert varied(caption, variation, seed) == wrong  # type: ignore[arg-type]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lesions, st.integers(0, 1000))
def test_each_variation_changes_its_own_thing_alone(caption: RectalTumour | LungNodule, seed: int) -> None:
    def changed(wrong: Caption) -> set[str]:
        return {name for name, value in wrong if value != getattr(caption, name)} - {"staging"}

    assert changed(wrong_layer(caption, seed)) - {"depth_mm", "organ"} == {"deepest_layer"}
    assert changed(wrong_size(caption, seed)) - {"solid_mm"} == {"size_mm"}
    assert changed(wrong_side(caption, seed)) in ({"wall"}, {"lobe"})


def test_no_lesion_cannot_be_made_wrong() -> None:
    with pytest.raises(NoVariation, match="without a lesion"):
        wrong_size(NoLesion(organ="lung"), 1)
    assert varied(T3B, "none", 1) == T3B


@pytest.mark.parametrize(
    ("caption", "prose", "words"),
    [
        (T3B, "A tumour of 3.2 cm in the left wall reaches 4 mm into the mesorectal fat.", None),
        (T3B, "T2-weighted images show a T3 tumour; T2 signal is intermediate. The bladder is spared.", None),
        (T3B, "It extends more than 1 mm but less than 5 mm beyond the muscularis propria.", None),
        (T3B, "The tumour measures 28 x 32 mm.", "says 28 mm"),
        (T3B, "The tumour is 32 mm long and reaches 32 mm into the mesorectal fat.", "caption depth 4 mm"),
        (T3B, "It extends more than 5 mm beyond the muscularis propria.", "says 5 mm"),
        (T3B, "The tumour of the right wall.", "says right"),
        (T3B, "It is confined to the muscularis propria.", "is the muscularis propria in the prose"),
        (T3B, "It invades the prostate.", "is the neighbouring organ in the prose"),
        (T3B, "This is a T2 tumour.", "says T2"),
        (T3B, "This is a T3c tumour, not T4.", "says T3c"),
        (NODULE, "A nodule of 1.8 cm in the right upper lobe; no invasion of the chest wall.", None),
        (NODULE, "A nodule of about 2 cm.", None),
        (NODULE, "A nodule of 2.0 cm.", "says 2.0 cm"),
        (NODULE, "A nodule of the lower lobe.", "says lower lobe"),
        (NODULE, "It invades the visceral pleura.", "is the visceral pleura in the prose"),
        (NODULE, "cT1c.", "says T1c"),
        (NoLesion(organ="lung"), "No nodule above 4 mm is seen. T0.", "no length"),
        (NoLesion(organ="rectum"), "A T2 tumour.", "says T2"),
    ],
)
def test_contradictions_of_written_prose(caption: Caption, prose: str, words: str | None) -> None:
    found = contradictions(caption, prose)
    if words is None:
        assert found == []
    else:
        assert len(found) == 1 and words in found[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"staging": Staging(scheme="ESGAR", edition=2018, category="T3c")}, "which is T3b"),
        ({"depth_mm": None}, "needs its depth"),
        ({"organ": "prostate"}, "only there"),
        ({"staging": Staging(scheme="TNM", edition=7, category="T3")}, "no scheme TNM 7"),
    ],
)
def test_a_caption_that_contradicts_itself_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RectalTumour(**(dict(T3B) | changes))  # type: ignore[arg-type]
