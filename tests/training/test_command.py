"""`u3edu train` from DICOM to weights: stage 2 keeps the elements of stage 1."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from pydicom import examples
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.cli import app
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.levels import COMMON, levels_of
from u3edu.model.config import U3NetConfig
from u3edu.model.weights import load_weights, save_weights
from u3edu.training import allocator
from u3edu.training.command import copies_of, training_slices
from u3edu.training.stage2_config import Stage2Config

RECIPE = {
    "name": "random",
    "modality": "MR",
    "stage2": {
        "crop": 32,
        "batch": 2,
        "steps": 6,
        "warm_up": 2,
        "cutmix_ramp": 2,
        "noise_seed": 7,
        "decoder_weights": {"perceptual": 0},
        "discriminator": {"widths": [4, 6]},
    },
}


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """Weights of stage 1 with a card that somebody has finished."""
    path = tmp_path / "stage1" / "random.safetensors"
    card = card_for(SMALL)
    names = ("air", "bone", "muscle", "fat", "fluid")
    elements = tuple(
        entry.model_copy(update={"name": name}) for entry, name in zip(card.elements, names, strict=True)
    )
    changes = {
        "elements": elements,
        "training": {"command": "u3edu train there"},
        "figures": {"mse": 1},
        "limits": ("one patient",),
    }
    save_weights(path, random_network(SMALL), card.model_copy(update=changes))
    return path


def train(tmp_path: Path, start: Path, recipe: dict[str, object] = RECIPE, *more: str) -> Result:
    folder = tmp_path / "dicom"
    folder.mkdir(exist_ok=True)
    (folder / "slice.dcm").write_bytes(Path(str(examples.get_path("mr"))).read_bytes())
    file = tmp_path / "recipe.yaml"
    file.write_text(yaml.safe_dump(recipe), "utf-8")
    options = ["--recipe", str(file), "--output", str(tmp_path / "out"), "--start-from", str(start)]
    return CliRunner().invoke(
        app, ["train", str(folder), *options, "--device", "cpu", "--precision", "32-true", *more]
    )


def test_stage_2_ships_the_elements_of_stage_1_and_says_how_it_was_trained(
    tmp_path: Path, start: Path
) -> None:
    result = train(tmp_path, start)
    assert result.exit_code == 0, result.output
    first, before = load_weights(start)
    second, after = load_weights(tmp_path / "out" / "random.safetensors")
    assert after.elements == before.elements
    assert after.limits == before.limits
    assert after.network == before.network.model_copy(update={"noise_seed": 7})
    assert after.figures == {}  # they were measured on other weights
    assert after.training["stage1"] == before.training
    assert after.training["settings"]["started_from"] == before.weights_sha256
    assert after.training["pictures"] == 1
    for name, tensor in first.encoder.state_dict().items():
        assert tensor.equal(second.encoder.state_dict()[name]), name
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files >= {"stage2.ckpt", "stage2-losses.csv", "stage2-previews", "stage2-tensorboard"}


def test_run_again_it_goes_on_where_it_stopped(tmp_path: Path, start: Path) -> None:
    assert train(tmp_path, start).exit_code == 0
    written = (tmp_path / "out" / "random.safetensors").read_bytes()
    assert train(tmp_path, start).exit_code == 0
    assert (tmp_path / "out" / "random.safetensors").read_bytes() == written


FIRST_STAGE = {key: value for key, value in RECIPE.items() if key != "stage2"} | {
    "model": {"encoder_widths": [4, 6], "decoder_widths": [4, 6], "embedding_size": 4, "elements": 3},
    "crop": 32,
    "batch": 2,
    "steps": 6,
}


def train_first(tmp_path: Path, *more: str, **settings: object) -> Result:
    """Stage 1 through the command; further settings of the recipe by name."""
    folder, file = tmp_path / "dicom", tmp_path / "recipe.yaml"
    folder.mkdir(exist_ok=True)
    (folder / "slice.dcm").write_bytes(Path(str(examples.get_path("mr"))).read_bytes())
    file.write_text(yaml.safe_dump(FIRST_STAGE | settings), "utf-8")
    options = ["--recipe", str(file), "--output", str(tmp_path / "out"), "--precision", "32-true", *more]
    return CliRunner().invoke(app, ["train", str(folder), *options])


def test_stage_1_leaves_weights_losses_pictures_and_curves(tmp_path: Path) -> None:
    result = train_first(tmp_path, "--device", "cpu")
    assert result.exit_code == 0, result.output
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files >= {"random.safetensors", "random.json", "stage1.ckpt", "stage1-losses.csv"}
    assert files >= {"stage1-previews", "stage1-tensorboard"}


def test_what_comes_after_stage_1_can_be_changed_without_training_again(tmp_path: Path) -> None:
    division = {"element": 0, "dark": 0.5}
    result = train_first(tmp_path, "--device", "cpu", divisions=[division] * 4, blur_afterwards=0.7)
    assert result.exit_code == 1
    assert "4 divisions are wanted" in result.output and "Traceback" not in result.output
    assert not (tmp_path / "out" / "random.safetensors").exists()
    trained = (tmp_path / "out" / "stage1.ckpt").read_bytes()
    result = train_first(tmp_path, "--device", "cpu", blur_afterwards=0.7)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "stage1.ckpt").read_bytes() == trained
    network, card = load_weights(tmp_path / "out" / "random.safetensors")
    assert card.network.encoder_blur == network.encoder.blur == 0.7
    assert card.training["settings"]["model"]["encoder_blur"] == 0.0


def test_compiling_without_a_compiler_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("u3edu.training.compilation.shutil.which", lambda name: None)
    result = train_first(tmp_path, "--device", "cpu", "--compile")
    assert result.exit_code == 1
    assert "needs a C++ compiler" in result.output and "Traceback" not in result.output


def test_a_decoder_that_learns_spacings_says_so_and_what_its_noise_is_at_each(
    tmp_path: Path, start: Path
) -> None:
    stage2 = RECIPE["stage2"]
    assert isinstance(stage2, dict)
    spaced = RECIPE | {"stage2": stage2 | {"spacings": [0.5, 1.0], "copies": 2}}
    result = train(tmp_path, start, spaced)
    assert result.exit_code == 0, result.output
    network, card = load_weights(tmp_path / "out" / "random.safetensors")
    assert card.network.spacings == (0.5, 1.0)
    assert card.training["pictures"] == 1
    entries = [entry.spacing for entry in card.noise]
    assert entries == pytest.approx([0.5, 0.5**0.75, 0.5**0.5, 0.5**0.25, 1.0], abs=1e-3)
    assert all(parameter.any() for parameter in network.decoder.unet.spacing.parameters())


def test_copies_of_slices_have_spacings_of_the_range_and_are_the_same_in_every_run() -> None:
    config = Stage2Config(name="x", modality="MR", spacings=(0.5, 1.0), copies=3)
    picture = slice_from_array(np.random.default_rng(0).normal(size=(40, 40)), modality="MR")
    copies = copies_of([picture, picture], config)
    sizes = [copy.pixel_size for copy in copies]
    assert len(set(sizes)) == 6
    assert 0.5 <= min(sizes) < 0.75 < max(sizes) <= 1.0
    assert sizes == [copy.pixel_size for copy in copies_of([picture, picture], config)]


def test_a_network_without_bias_on_common_levels_learns_from_such_pictures(tmp_path: Path) -> None:
    (tmp_path / "slice.dcm").write_bytes(Path(str(examples.get_path("mr"))).read_bytes())
    network = U3NetConfig(remove_bias=True, common_levels=True)
    (picture,) = training_slices(network, "MR", tmp_path, Console(quiet=True))
    levels = levels_of(picture)
    assert (levels.dark, levels.bright) == pytest.approx((COMMON.dark, COMMON.bright), abs=1e-3)
    assert picture.acquisition.coil_field == ()
    (as_it_is,) = training_slices(U3NetConfig(), "MR", tmp_path, Console(quiet=True))
    assert as_it_is.acquisition.coil_field is None
    assert not np.array_equal(as_it_is.pixels, picture.pixels)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_both_stages_run_on_a_gpu(tmp_path: Path) -> None:
    first = train_first(tmp_path, "--device", "cuda")
    assert first.exit_code == 0, first.output
    start = tmp_path / "out" / "random.safetensors"
    settling = RECIPE | {"stage2": dict(RECIPE["stage2"]) | {"settling": {"steps": 1}}}
    second = train(tmp_path, start, settling, "--output", str(tmp_path / "second"), "--device", "cuda")
    assert second.exit_code == 0, second.output


def test_weights_of_another_model_are_refused(tmp_path: Path, start: Path) -> None:
    result = train(tmp_path, start, RECIPE | {"name": "knee"})
    assert result.exit_code == 1
    assert "'random' (MR), the recipe is for 'knee' (MR)" in result.output


def test_the_weights_to_start_from_are_never_overwritten(tmp_path: Path, start: Path) -> None:
    result = train(tmp_path, start, RECIPE, "--output", str(start.parent))
    assert result.exit_code == 1
    assert "would overwrite" in result.output


def test_weights_of_stage_2_learn_on_only_where_the_recipe_says_how(tmp_path: Path, start: Path) -> None:
    assert train(tmp_path, start).exit_code == 0
    second = tmp_path / "out" / "random.safetensors"
    refused = train(tmp_path, second, RECIPE, "--output", str(tmp_path / "third"))
    assert refused.exit_code == 1
    assert "already" in refused.output
    assert "no section finish" in refused.output
    recipe = RECIPE | {"finish": {"steps": 8, "decoder_weights": {"mse": 7}}}
    result = train(tmp_path, second, recipe, "--output", str(tmp_path / "third"))
    assert result.exit_code == 0, result.output
    (network, before), (finished, after) = (
        load_weights(each / "random.safetensors") for each in (tmp_path / "out", tmp_path / "third")
    )
    assert finished.config == network.config
    weights = after.training["settings"]["decoder_weights"]
    assert (after.training["settings"]["steps"], weights["mse"], weights["perceptual"]) == (8, 7, 0)
    assert after.training["settings"]["started_from"] == before.weights_sha256
    # Both earlier runs stand on the card.
    assert after.training["stage1"] == before.training["stage1"]
    assert after.training["before"] | {"stage1": before.training["stage1"]} == before.training
    moved = [
        name for name, value in finished.state_dict().items() if (value != network.state_dict()[name]).any()
    ]
    assert moved
    assert all(name.startswith("decoder.") for name in moved)


def test_slices_are_drawn_whole_where_that_loss_has_a_weight(tmp_path: Path, start: Path) -> None:
    second = dict(RECIPE["stage2"]) | {
        "decoder_weights": {"perceptual": 0, "generator": 0, "intermediate": 0, "whole_reader": 0.1},
        "reader": {"pictures": 1},
    }
    result = train(tmp_path, start, RECIPE | {"stage2": second})
    assert result.exit_code == 0, result.output
    assert ",whole_reader," in (tmp_path / "out" / "stage2-losses.csv").read_text("utf-8")
    too_many = second | {"reader": {"pictures": 2}}
    refused = train(tmp_path, start, RECIPE | {"stage2": too_many}, "--output", str(tmp_path / "second"))
    assert refused.exit_code == 1
    assert "1 slices with a tile of 32 pixels inside the body" in " ".join(refused.output.split())


def test_memory_is_kept_where_that_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def here(can: bool) -> bool:
        asked.append(can)
        return can

    monkeypatch.setattr(allocator, "keep_freed_memory", lambda: here(True))
    assert train_first(tmp_path).exit_code == 0
    assert not asked
    told = train_first(tmp_path, "--keep-memory")
    assert told.exit_code == 0
    assert asked == [True]
    assert "changes nothing here" not in told.output
    monkeypatch.setattr(allocator, "keep_freed_memory", lambda: here(False))
    told = train_first(tmp_path, "--keep-memory")
    assert told.exit_code == 0
    assert "--keep-memory changes nothing here" in told.output


def test_a_decoder_settles_after_the_last_step_where_that_is_wanted(tmp_path: Path, start: Path) -> None:
    weights = {"perceptual": 0, "generator": 0, "intermediate": 0}
    second = dict(RECIPE["stage2"]) | {"decoder_weights": weights, "spacings": [0.9, 1.1], "copies": 1}
    assert train(tmp_path, start, RECIPE | {"stage2": second}).exit_code == 0
    before, _ = load_weights(tmp_path / "out" / "random.safetensors")
    # The same run, which has ended, goes on to settle.
    settling = second | {"settling": {"steps": 2}}
    result = train(tmp_path, start, RECIPE | {"stage2": settling})
    assert result.exit_code == 0, result.output
    after, card = load_weights(tmp_path / "out" / "random.safetensors")
    assert card.training["settings"]["settling"]["steps"] == 2
    moved = [name for name, value in after.state_dict().items() if (value != before.state_dict()[name]).any()]
    assert moved
    assert all(name.startswith("decoder.") for name in moved)
    rows = (tmp_path / "out" / "settling-losses.csv").read_text("utf-8").splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["reader", "mse"]


def test_a_new_decoder_starts_from_stage_1_alone(tmp_path: Path, start: Path) -> None:
    assert train(tmp_path, start).exit_code == 0
    second = tmp_path / "out" / "random.safetensors"
    recipe = RECIPE | {"finish": {"decoder_widths": [4, 8], "fit": 2, "steps": 8}}
    result = train(tmp_path, second, recipe, "--output", str(tmp_path / "third"))
    assert result.exit_code == 1
    assert "start from weights of stage 1" in result.output


def test_a_wrong_setting_of_stage_2_is_named(tmp_path: Path, start: Path) -> None:
    result = train(tmp_path, start, RECIPE | {"stage2": {"warmup": 3}})
    assert result.exit_code == 1
    assert "warmup" in result.output
