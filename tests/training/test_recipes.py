"""Recipes read from files: what is wrong in one is said with its name and place."""

from pathlib import Path

import pytest

from u3edu.training.recipe import load_recipe, load_stage2_recipe, with_steps

FIRST = "name: trial\nmodality: MR\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIRST + "weights: {cluster: -1}\n", "weights.cluster: Input should be greater"),
        (FIRST + "rate: 3\n", "rate: Extra inputs are not permitted"),
        ("name: trial\n", "modality: Field required"),
        ("name: [trial\n", "not YAML: "),
        ("- trial\n", "not a recipe"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_said_with_its_name_and_place(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"recipe.yaml: {said}") as caught:
        load_recipe(str(file))
    assert "pydantic" not in str(caught.value)


def test_what_is_wrong_in_its_second_stage_is_said(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(FIRST + "stage2: {noise_seed: -1}\n", "utf-8")
    with pytest.raises(ValueError, match=r"recipe\.yaml, stage2: noise_seed: Input should be greater"):
        load_stage2_recipe(str(file))


def test_what_is_wrong_in_its_finish_is_said(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    for text, said in (
        ("[3]", "section finish holds settings"),
        ("{decoder_weights: 3}", "decoder_weights holds"),
    ):
        file.write_text(f"{FIRST}finish: {text}\n", "utf-8")
        with pytest.raises(ValueError, match=said):
            load_stage2_recipe(str(file), finish=True)


def test_finish_keeps_the_decoder_and_what_it_does_not_change() -> None:
    second, finish = (load_stage2_recipe("chest-ct", finish=each) for each in (False, True))
    assert finish.decoder_widths is None
    assert finish.decoder_weights == second.decoder_weights.model_copy(update={"reader": 0.5})
    changed = {
        "decoder_widths",
        "decoder_convolutions",
        "decoder_weights",
        "fit",
        "learning_rate",
        "seed",
        "steps",
    }
    assert finish.model_dump(exclude=changed) == second.model_dump(exclude=changed)


def test_too_few_steps_are_said_without_a_place() -> None:
    with pytest.raises(ValueError, match=r"^the settings: together: 4 steps end within the fit of 700"):
        with_steps(load_stage2_recipe("pelvic-mri"), 4)
