"""Magnitudes by name in a recipe."""

from pathlib import Path

import pytest
import yaml

from u3edu.training.recipe import load_recipe
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.transforms.geometric import GEOMETRIC_MAGNITUDES, GeometricMagnitude
from u3edu.training.transforms.magnitude import MAGNITUDE_NAMES
from u3edu.training.transforms.photometric import PHOTOMETRIC_MAGNITUDES, PhotometricMagnitude

HOUNSFIELD_UNITS = 4096  # of the intensities' whole range


def recipe(tmp_path: Path, modality: str, **settings: object) -> Stage1Config:
    file = tmp_path / "recipe.yaml"
    file.write_text(yaml.safe_dump({"name": "knee", "modality": modality, **settings}), "utf-8")
    return load_recipe(str(file))


def test_none_leaves_every_transformation_out(tmp_path: Path) -> None:
    config = recipe(tmp_path, "MR", geometric="none", photometric="none")
    assert set(config.geometric.model_dump().values()) == {0}
    assert set(config.photometric.model_dump().values()) == {0}


def test_a_larger_name_never_does_less() -> None:
    tables = [GEOMETRIC_MAGNITUDES, *PHOTOMETRIC_MAGNITUDES.values()]
    for transformation, named in ((name, table[name]) for table in tables for name in table):
        assert tuple(named) == MAGNITUDE_NAMES
        for number in named["none"]:
            values = [named[name][number] for name in MAGNITUDE_NAMES]
            assert values == sorted(values) and values[0] == 0 < values[1], transformation


def test_moderate_is_what_a_recipe_without_a_geometric_setting_gets(tmp_path: Path) -> None:
    assert recipe(tmp_path, "MR", geometric="moderate") == recipe(tmp_path, "MR")


def test_a_moderate_jitter_stays_within_20_hounsfield_units(tmp_path: Path) -> None:
    jitter = recipe(tmp_path, "CT", photometric={"jitter": "moderate"}).photometric
    assert jitter == PhotometricMagnitude(brightness=0.005, contrast=0.02)
    assert 20 <= jitter.brightness * HOUNSFIELD_UNITS < 21


def test_names_mean_less_for_ct_where_intensities_mean_tissue(tmp_path: Path) -> None:
    strong = {modality: recipe(tmp_path, modality, photometric="strong") for modality in ("CT", "MR")}
    for number in ("brightness", "contrast", "posterize", "noise"):
        ct, mr = (getattr(strong[modality].photometric, number) for modality in ("CT", "MR"))
        assert 0 < ct < mr
    # Fat and muscle lie 150 HU apart.
    assert strong["CT"].photometric.brightness * HOUNSFIELD_UNITS < 50


def test_names_and_numbers_stand_side_by_side(tmp_path: Path) -> None:
    config = recipe(
        tmp_path,
        "MR",
        geometric={"flip": "none", "affine": "weak", "rotation": 90},
        photometric={"jitter": "weak", "blur": 0.7, "noise": "moderate"},
    )
    weak = GEOMETRIC_MAGNITUDES["affine"]["weak"]
    assert config.geometric == GeometricMagnitude(**{**weak, "flip": 0, "rotation": 90})
    assert config.photometric == PhotometricMagnitude(brightness=0.04, contrast=0.075, blur=0.7, noise=0.04)


def test_a_card_and_a_checkpoint_hold_the_numbers(tmp_path: Path) -> None:
    config = recipe(tmp_path, "MR", geometric="strong", photometric="weak")
    assert config.model_dump()["geometric"]["rotation"] == 30
    assert Stage1Config.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    "settings", [{"geometric": "huge"}, {"photometric": {"blur": "huge"}}, {"geometric": {"affine": 3}}]
)
def test_what_is_no_magnitude_is_named(tmp_path: Path, settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"recipe\.yaml: .*(huge.*none, weak, moderate, strong|affine)"):
        recipe(tmp_path, "MR", **settings)
