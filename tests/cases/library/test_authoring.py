"""Plans become cases: findings where and as deep as planned, captions held to what was painted."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.cases.base import PhantomBase
from u3edu.cases.checking import check_case
from u3edu.cases.library.authoring import write_case, write_library
from u3edu.cases.library.findings import script_of
from u3edu.cases.library.ground import Ground, SliceNotAtHand, prepare, series_at_hand
from u3edu.cases.library.plan import BasePlan, CasePlan, FindingPlan, StagePlan, read_bases, read_plans
from u3edu.cases.problem import InvalidCase
from u3edu.editing.context import EditContext
from u3edu.engine.local import load_engine
from u3edu.imaging.phantom.truth import depth_beyond, longest_diameter
from u3edu.model.weights import save_weights

FINDINGS = TypeAdapter(tuple[FindingPlan, ...])
TUMOUR = {"finding": "rectal tumour", "clock": 8, "hours": 3, "layer": "mesorectal fat", "into": 4}


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    card = card_for(SMALL)
    spread = [
        entry.model_copy(update={"mean": level})
        for entry, level in zip(card.elements, (-0.9, -0.6, -0.3, 0.0, 0.3), strict=True)
    ]
    card = card.model_copy(update={"name": "small-mr", "elements": tuple(spread)})
    path = tmp_path_factory.mktemp("weights") / "small-mr.safetensors"
    save_weights(path, random_network(SMALL), card)
    return path


@pytest.fixture(scope="session")
def ground(weights: Path) -> Ground:
    plan = BasePlan(
        model="small-mr",
        phantom=PhantomBase(phantom="pelvis", seed=11, shape=(264, 232), spacing=0.6),
        tissues={
            "tumour": {"levels": [-0.6, -0.3], "share": 0.3},
            "mucin": {"levels": [0.3]},
            "lumen": {"tissue": "lumen", "flat": True},
            "muscle": {"tissue": "muscle"},
        },
        licence="CC BY 4.0",
        source="A phantom.",
    )
    return prepare(plan, load_engine(str(weights), device="cpu"))


def painted(ground: Ground, *findings: dict) -> np.ndarray:
    script = script_of(FINDINGS.validate_python(findings), ground)
    edited, _ = script.apply(ground.labels, EditContext(ground.labels))
    return edited.labels


@pytest.mark.parametrize("into", [1.0, 4.0, 9.0])
def test_a_tumour_reaches_as_deep_into_the_fat_as_planned(ground: Ground, into: float) -> None:
    labels = painted(ground, {**TUMOUR, "into": into, "tissue": "mucin"})
    lesion = labels == 4
    lesion &= ground.labels.labels != 4
    wall = (ground.layers > 0) & (ground.layers < 5)
    assert depth_beyond(lesion, wall, (0.6, 0.6)) == pytest.approx(into, abs=0.9)


@pytest.mark.parametrize(("layer", "deepest"), [("submucosa", 3), ("muscularis propria", 4)])
def test_a_tumour_ends_in_its_layer(ground: Ground, layer: str, deepest: int) -> None:
    before = ground.labels.labels
    labels = painted(ground, {**TUMOUR, "layer": layer, "into": 1.0, "tissue": "mucin"})
    assert ground.layers[labels != before].max() == deepest


def test_mucin_lies_in_what_was_painted_and_an_ulcer_is_open_to_the_lumen(ground: Ground) -> None:
    before = ground.labels.labels
    tumour = painted(ground, TUMOUR)
    pools = painted(ground, TUMOUR, {"finding": "mucin", "share": 0.3, "size": 3})
    assert 0.15 < (pools != tumour).sum() / (tumour != before).sum() < 0.6
    ulcer = painted(ground, TUMOUR, {"finding": "ulcer", "clock": 8, "width": 5, "depth": 3})
    crater = ulcer != tumour
    assert crater.any() and longest_diameter(crater, (0.6, 0.6)) < 12
    assert set(np.unique(ulcer[crater])) == {ground.tissues.paint("lumen")}


def test_tissues_are_those_of_the_place_or_the_level_that_was_named(ground: Ground) -> None:
    assert ground.tissues.paint("mucin") == 4
    mottled = ground.tissues.paint("tumour")
    shares = np.bincount(mottled.labels.ravel(), minlength=5) / mottled.labels.size
    assert shares[2] == pytest.approx(0.3, abs=0.02) and shares[1] == pytest.approx(0.7, abs=0.02)
    muscle = ground.tissues.paint("muscle")
    own = ground.labels.labels[ground.tissues.phantom.mask("muscle")]
    assert set(muscle.elements) <= set(np.unique(own))
    with pytest.raises(ValueError, match="no tissue 'bone'; there are tumour, mucin"):
        ground.tissues.paint("bone")


def plan(size: float, depth: float, category: str = "T3b") -> CasePlan:
    caption = {
        "lesion": "rectal tumour",
        "wall": "right posterolateral",
        "size_mm": size,
        "shape": "polypoid",
        "margin": "smooth",
        "deepest_layer": "mesorectal fat",
        "depth_mm": depth,
        "staging": {"scheme": "ESGAR", "edition": 2018, "category": category},
    }
    text = {"name": "t3", "title": "In the fat", "caption": caption}
    question = {"id": "deep", "kind": "paint_it", "question": "Extend it.", "stages": ["t3"]}
    return CasePlan(
        id="planned",
        base="any",
        stages=(StagePlan(name="t3", draw=FINDINGS.validate_python([TUMOUR]), text=text),),
        text={
            "title": "Planned",
            "objectives": ["See."],
            "anatomy": [{"value": "34402009", "scheme": "SCT", "meaning": "Rectum"}],
            "pathology": [{"value": "254582000", "scheme": "SCT", "meaning": "Adenocarcinoma of rectum"}],
            **{name: "words" for name in ("history", "findings", "diagnosis", "discussion")},
            "questions": [question],
        },
        answers={"deep": {"kind": "paint_it", "layer": "mesorectal fat", "reason": "So."}},
    )


def test_a_plan_becomes_a_case_that_validates_and_says_what_was_measured(
    ground: Ground, weights: Path, tmp_path: Path
) -> None:
    (measures,) = write_case(plan(20, 4), ground, tmp_path / "planned")
    assert measures.depth_mm == pytest.approx(4, abs=0.8)
    assert measures.difference.beyond.changed == 0 and measures.difference.edit.mean > 0
    check = check_case(tmp_path / "planned", str(weights))
    assert not check.problems and check.same == 1
    script = (tmp_path / "planned/stages/t3.json").read_bytes()
    (tmp_path / "planned/left-over.txt").touch()
    write_case(plan(20, 4), ground, tmp_path / "planned")
    assert (tmp_path / "planned/stages/t3.json").read_bytes() == script
    assert not (tmp_path / "planned/left-over.txt").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (plan(40, 4), "painted .* mm, and the caption 40"),
        (plan(20, 2.5), "painted .* beyond the muscularis, and the caption 2.5"),
        (plan(20, 5.5, "T3c"), "painted T3b, and the caption T3c"),
    ],
)
def test_a_caption_that_says_something_else_than_was_painted_is_refused(
    wrong: CasePlan, words: str, ground: Ground, tmp_path: Path
) -> None:
    with pytest.raises(InvalidCase, match=words):
        write_case(wrong, ground, tmp_path / "planned")


def test_a_case_or_a_slice_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidCase, match="no case 'nowhere'; there are lung-"):
        list(write_library(tmp_path, ["nowhere"]))
    monkeypatch.delenv("U3EDU_DATA", raising=False)
    with pytest.raises(SliceNotAtHand, match="set U3EDU_DATA to a folder that holds it"):
        series_at_hand("1.2.3")


def test_every_plan_names_a_base_that_is_there_and_every_base_its_source() -> None:
    bases, plans = read_bases(), read_plans()
    assert {one.base for one in plans.values()} == set(bases)
    for name, base in bases.items():
        assert (base.slice is None) != (base.phantom is None), name
        assert "phantom" in base.source or ("CC BY" in base.source and "doi" in base.source), name


def test_a_plan_that_is_wrong_is_refused_with_its_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("base: x\nstages: [{name: a, draw: [{finding: wart}]}]\n")
    with pytest.raises(InvalidCase, match=r"odd\.yaml: stages\.1\.draw\.1"):
        read_plans(tmp_path)
