"""T categories and recommendations on both sides of every cut-off."""

import pytest

from u3edu.cases.staging import fleischner, lung, rectum
from u3edu.cases.staging.unknown import UnknownStaging


@pytest.mark.parametrize(
    ("layer", "category"),
    list(zip(rectum.RECTAL_LAYERS, ["Tis", "T1", "T2", "T3", "T4a", "T4b"], strict=True)),
)
def test_the_deepest_layer_of_the_rectum_gives_the_category_of_the_8th_edition(
    layer: rectum.RectalLayer, category: str
) -> None:
    assert rectum.t_category(layer) == category
    if category != "T3":
        assert rectum.t_category(layer, scheme="ESGAR", edition=2018) == category


@pytest.mark.parametrize(
    ("depth", "category"),
    [
        (0.1, "T3a"),
        (0.99, "T3a"),
        (1.0, "T3b"),
        (5.0, "T3b"),
        (5.01, "T3c"),
        (15.0, "T3c"),
        (15.01, "T3d"),
        (40.0, "T3d"),
    ],
)
def test_esgar_divides_t3_by_depth_and_tnm_does_not(depth: float, category: str) -> None:
    assert rectum.t_category("mesorectal fat", depth, scheme="ESGAR", edition=2018) == category
    assert rectum.t_category("mesorectal fat", depth) == "T3"


SIZES = [
    (1, "T1a"),
    (10.0, "T1a"),
    (10.1, "T1b"),
    (20.0, "T1b"),
    (20.1, "T1c"),
    (30.0, "T1c"),
    (30.1, "T2a"),
    (40.0, "T2a"),
    (40.1, "T2b"),
    (50.0, "T2b"),
    (50.1, "T3"),
    (70.0, "T3"),
    (70.1, "T4"),
]


@pytest.mark.parametrize("edition", [8, 9])
@pytest.mark.parametrize(("size", "category"), SIZES)
def test_size_gives_the_category_of_a_solid_lung_tumour_in_both_editions(
    size: float, category: str, edition: int
) -> None:
    assert lung.t_category(size, edition=edition) == category


@pytest.mark.parametrize(
    ("layer", "size", "category"),
    [
        ("visceral pleura", 8, "T2a"),
        ("visceral pleura", 45, "T2b"),
        ("visceral pleura", 60, "T3"),
        ("chest wall", 8, "T3"),
        ("chest wall", 71, "T4"),
        ("mediastinum", 8, "T4"),
    ],
)
def test_invasion_sets_the_least_category(layer: lung.LungLayer, size: float, category: str) -> None:
    assert lung.t_category(size, deepest_layer=layer) == category


@pytest.mark.parametrize(
    ("density", "size", "solid", "category"),
    [
        ("ground-glass", 30.0, None, "Tis"),
        ("ground-glass", 30.1, None, "T1a"),
        ("part-solid", 30.0, 5.0, "T1mi"),
        ("part-solid", 30.1, 5.0, "T1a"),
        ("part-solid", 25.0, 5.1, "T1a"),
        ("part-solid", 25.0, 10.0, "T1a"),
        ("part-solid", 25.0, 10.1, "T1b"),
        ("part-solid", 35.0, 20.1, "T1c"),
        ("part-solid", 45.0, 30.1, "T2a"),
    ],
)
def test_the_solid_part_decides_for_subsolid_tumours(
    density: lung.Density, size: float, solid: float | None, category: str
) -> None:
    assert lung.t_category(size, density=density, solid_mm=solid) == category


def test_subsolid_tumours_that_invade_are_not_in_situ() -> None:
    assert lung.t_category(12, density="ground-glass", deepest_layer="chest wall") == "T3"
    assert lung.t_category(12, density="part-solid", solid_mm=3, deepest_layer="visceral pleura") == "T2a"


@pytest.mark.parametrize(
    ("size", "term"), [(2.9, "micronodule"), (3.0, "nodule"), (30.0, "nodule"), (30.1, "mass")]
)
def test_opacities_are_called_by_their_size(size: float, term: str) -> None:
    assert lung.nodule_term(size) == term


@pytest.mark.parametrize(
    ("diameter", "density", "solid", "low", "high"),
    [
        (5.4, "solid", None, fleischner.NO_FOLLOW_UP, fleischner.OPTIONAL_12),
        (5.5, "solid", None, fleischner.SOLID_LOW_RISK, fleischner.SOLID_HIGH_RISK),
        (8.4, "solid", None, fleischner.SOLID_LOW_RISK, fleischner.SOLID_HIGH_RISK),
        (8.5, "solid", None, fleischner.SOLID_LARGE, fleischner.SOLID_LARGE),
        (5.4, "ground-glass", None, fleischner.NO_FOLLOW_UP, fleischner.NO_FOLLOW_UP),
        (5.5, "ground-glass", None, fleischner.GROUND_GLASS, fleischner.GROUND_GLASS),
        (5.4, "part-solid", 2, fleischner.NO_FOLLOW_UP, fleischner.NO_FOLLOW_UP),
        (12, "part-solid", 5.4, fleischner.PART_SOLID, fleischner.PART_SOLID),
        (12, "part-solid", 5.5, fleischner.PART_SOLID_LARGE, fleischner.PART_SOLID_LARGE),
    ],
)
def test_fleischner_2017_at_its_cut_offs(
    diameter: float, density: lung.Density, solid: float | None, low: str, high: str
) -> None:
    assert fleischner.recommendation(diameter, density, solid_mm=solid) == low
    assert fleischner.recommendation(diameter, density, solid_mm=solid, high_risk=True) == high


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: rectum.t_category("submucosa", edition=7), "no scheme TNM 7 for the rectum"),
        (lambda: rectum.t_category("wall"), "no layer 'wall'"),
        (lambda: rectum.t_category("submucosa", 3.0), "has no depth beyond the wall"),
        (lambda: rectum.t_category("mesorectal fat", 0.0), "above 0 mm"),
        (lambda: rectum.t_category("mesorectal fat", scheme="ESGAR", edition=2018), "need the depth"),
        (lambda: lung.t_category(12, edition=7), "no scheme TNM 7 for the lung"),
        (lambda: lung.t_category(12, deepest_layer="rib"), "no layer 'rib'"),
        (lambda: lung.t_category(0), "above 0 mm"),
        (lambda: lung.t_category(float("nan")), "above 0 mm"),
        (lambda: lung.t_category(12, density="soft"), "density is one of"),
        (lambda: lung.t_category(12, density="part-solid"), "a solid part with a size"),
        (lambda: lung.t_category(12, solid_mm=3), "they alone"),
        (lambda: lung.t_category(12, density="part-solid", solid_mm=12), "smaller than it"),
        (lambda: lung.nodule_term(-1), "above 0 mm"),
        (lambda: fleischner.recommendation(12, "soft"), "density is one of"),
        (lambda: fleischner.recommendation(-1), "above 0 mm"),
        (lambda: fleischner.recommendation(12, "part-solid"), "a solid part with a size"),
        (lambda: fleischner.recommendation(12, "part-solid", solid_mm=12), "smaller"),
    ],
)
def test_what_no_scheme_knows_is_refused_in_words(attempt: object, words: str) -> None:
    with pytest.raises(UnknownStaging, match=words):
        attempt()  # type: ignore[operator]
