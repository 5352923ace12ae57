"""A run of stage 2: what it brings, how it goes on after a stop, and new parts in the decoder."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from lightning_fabric import Fabric
from torch.optim.swa_utils import AveragedModel

from tests.training.states import State, changed, state_of
from u3edu.model.u3net import U3Net
from u3edu.training.data import LabelledCrops
from u3edu.training.loss_settings import DecoderLossWeights
from u3edu.training.losses.spectrum import spectrum_loss
from u3edu.training.recipe import load_stage2_recipe, recipe_names, with_steps
from u3edu.training.stage2 import network_for_stage2, train_stage2
from u3edu.training.stage2_batch import draw_batch
from u3edu.training.stage2_config import Stage2Config


def test_training_brings_brightness_and_grain(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    config = second_config.model_copy(
        update={"steps": 150, "warm_up": 30, "learning_rate": 3e-3, "ema_decay": 0.9, "label_jitter": 0.0}
    )
    told_apart: list[float] = []
    trained = train_stage2(
        config, start, labelled, fabric, report=lambda _, losses, __: told_apart.append(losses["told_apart"])
    )
    batch = draw_batch(config.model_copy(update={"batch": 8}), labelled, 10_000, fabric)
    with torch.no_grad():
        quantized = start.encoder.quantizer.look_up(batch.labels)
        before, after = (network.decoder(quantized) for network in (start, trained))
    assert (after - batch.images).square().mean() < 0.1 * (before - batch.images).square().mean()
    assert spectrum_loss(after, batch.images) < 0.5 * spectrum_loss(before, batch.images)
    assert max(told_apart[:30]) > 0.7


def test_what_ships_is_the_moving_average_of_the_decoder(
    second_config: Stage2Config,
    start: U3Net,
    labelled: LabelledCrops,
    fabric: Fabric,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[State] = []
    update = AveragedModel.update_parameters

    def noted(self: AveragedModel, model: torch.nn.Module) -> None:
        seen.append(state_of(model))
        update(self, model)

    monkeypatch.setattr(AveragedModel, "update_parameters", noted)
    config = second_config.model_copy(update={"ema_decay": 0.8})
    shipped = train_stage2(config, start, labelled, fabric).decoder.state_dict()
    name = "unet.head.weight"
    expected = seen[0][name]
    for state in seen[1:]:
        expected = 0.8 * expected + 0.2 * state[name]
    assert torch.allclose(shipped[name], expected, atol=1e-6)
    assert not torch.allclose(shipped[name], seen[-1][name], atol=1e-6)


def test_flipped_crops_keep_labels_and_pixels_together(
    second_config: Stage2Config, labelled: LabelledCrops, fabric: Fabric
) -> None:
    config = second_config.model_copy(update={"label_jitter": 0.0, "batch": 16})
    batch = draw_batch(config, labelled, 0, fabric)
    levels = torch.tensor([-0.8, -0.2, 0.3, 0.9])
    assert (levels[batch.labels] - batch.images[:, 0]).abs().mean() < 0.1


def test_a_halo_is_decoded_with_the_crop_and_then_left_out(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    plain = second_config.model_copy(update={"steps": 1, "warm_up": 0})
    config = plain.model_copy(update={"halo": 16})
    with_halo = replace(labelled, halo=16)
    alone, batch = draw_batch(plain, labelled, 0, fabric), draw_batch(config, with_halo, 0, fabric)
    assert torch.equal(batch.images, alone.images)
    assert torch.equal(batch.true_labels, alone.true_labels)
    assert torch.equal(batch.foreground, alone.foreground)
    with torch.no_grad():
        decoded = start.decoder(start.encoder.quantizer.look_up(batch.labels))
    assert decoded.shape[-1] == config.crop + 32
    expected = (decoded[..., 16:-16, 16:-16] - batch.images).square().mean()
    seen: list[float] = []
    train_stage2(config, start, with_halo, fabric, report=lambda _, losses, __: seen.append(losses["mse"]))
    assert seen == [pytest.approx(float(expected), rel=1e-5)]


def test_a_resumed_run_ends_like_an_uninterrupted_one(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric, tmp_path: Path
) -> None:
    whole = train_stage2(second_config, start, labelled, fabric)

    class Killed(Exception):
        pass

    def kill(step: int, losses: dict[str, float], network: U3Net) -> None:
        if step == 7:
            raise Killed

    checkpoint = tmp_path / "stage2.ckpt"
    with pytest.raises(Killed):
        train_stage2(
            second_config, start, labelled, fabric, checkpoint=checkpoint, checkpoint_every=5, report=kill
        )
    steps: list[int] = []
    resumed = train_stage2(
        second_config,
        start,
        labelled,
        fabric,
        checkpoint=checkpoint,
        report=lambda step, *_: steps.append(step),
    )
    assert steps == list(range(5, 10))
    assert not changed(whole.state_dict(), resumed.state_dict())


def test_a_checkpoint_from_other_weights_is_refused(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "stage2.ckpt"
    train_stage2(second_config, start, labelled, fabric, checkpoint=checkpoint)
    others = second_config.model_copy(update={"started_from": "0" * 64})
    with pytest.raises(ValueError, match="other settings"):
        train_stage2(others, start, labelled, fabric, checkpoint=checkpoint)


def test_half_precision_and_spectral_norm_keep_to_the_plain_losses(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops
) -> None:
    def first_losses(precision: Literal["32-true", "bf16-mixed"], spectral_norm: bool) -> dict[str, float]:
        sizes = second_config.discriminator.model_copy(update={"spectral_norm": spectral_norm})
        config = second_config.model_copy(update={"warm_up": 0, "steps": 4, "discriminator": sizes})
        seen: list[dict[str, float]] = []
        fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
        train_stage2(config, start, labelled, fabric, report=lambda _, losses, __: seen.append(losses))
        assert all(math.isfinite(loss) for losses in seen for loss in losses.values())
        return seen[0]

    plain, half = first_losses("32-true", False), first_losses("bf16-mixed", False)
    assert all(abs(half[name] - plain[name]) < 0.02 + 0.05 * abs(plain[name]) for name in plain)
    normed = first_losses("32-true", True)
    assert normed["mse"] == plain["mse"]
    assert normed["discriminator"] != plain["discriminator"]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_a_gpu_gives_the_losses_of_the_cpu(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops
) -> None:
    seen: dict[str, list[dict[str, float]]] = {"cpu": [], "cuda": []}
    for device, losses_by_step in seen.items():
        train_stage2(
            second_config,
            start,
            labelled,
            Fabric(accelerator=device, devices=1, precision="32-true"),
            report=lambda _, losses, __, into=losses_by_step: into.append(losses),  # type: ignore[misc]
        )
    for cpu, cuda in zip(seen["cpu"], seen["cuda"], strict=True):
        assert all(abs(cpu[name] - cuda[name]) < 1e-2 for name in cpu)


def test_new_noise_inputs_leave_the_decoder_the_same_function(
    start: U3Net, second_config: Stage2Config
) -> None:
    network = network_for_stage2(start, second_config.model_copy(update={"noise_seed": 4}))
    quantized = torch.rand(1, 4, 16, 16)
    with torch.no_grad():
        assert torch.allclose(network.decoder(quantized), start.decoder(quantized), atol=1e-6)
    assert network.config.noise_seed == 4
    without = second_config.model_copy(update={"noise_seed": None})
    assert network_for_stage2(start, without).config == start.config


def test_a_new_decoder_is_fitted_to_the_same_elements_before_the_discriminator_learns(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    weights = DecoderLossWeights(
        mse=1, focal_frequency=0, perceptual=0, intermediate=0, generator=0, spectrum=0.01
    )
    changes = {"decoder_widths": (6, 10, 12), "fit": 60, "steps": 66, "decoder_weights": weights}
    config = Stage2Config.model_validate(second_config.model_dump() | changes)
    seen: dict[int, dict[str, float]] = {}

    def note(step: int, losses: dict[str, float], network: U3Net) -> None:
        seen[step] = losses

    network = train_stage2(config, start, labelled, fabric, report=note)
    assert network.config.decoder_widths == (6, 10, 12)
    assert all(
        torch.equal(value, network.encoder.state_dict()[name])
        for name, value in start.encoder.state_dict().items()
    )
    assert set(seen[59]) == {"mse"}
    assert set(seen[60]) == {"mse", "spectrum"}
    assert seen[59]["mse"] < 0.3 * seen[0]["mse"]
    assert seen[65]["mse"] < 2 * seen[59]["mse"]


def test_a_new_decoder_has_the_convolutions_asked_for(second_config: Stage2Config, start: U3Net) -> None:
    changes = {"decoder_widths": (4, 6), "decoder_convolutions": (2, 1), "fit": 2}
    config = Stage2Config.model_validate(second_config.model_dump() | changes)
    blocks = network_for_stage2(start, config).decoder.unet.down
    assert [sum(isinstance(layer, torch.nn.Conv2d) for layer in block) for block in blocks] == [2, 1]
    with pytest.raises(ValueError, match="give its decoder_widths, too"):
        Stage2Config.model_validate(second_config.model_dump() | {"decoder_convolutions": (2, 1)})


def test_a_new_decoder_needs_widths_and_steps(second_config: Stage2Config) -> None:
    for changes in ({"decoder_widths": (4, 8)}, {"fit": 2}):
        with pytest.raises(ValueError, match="needs both"):
            Stage2Config.model_validate(second_config.model_dump() | changes)


def test_recipes_have_a_second_stage_for_the_same_model() -> None:
    for name in recipe_names():
        recipe = load_stage2_recipe(name)
        assert recipe.name == name
        assert recipe.warm_up >= 100


def test_a_run_that_ends_in_its_warm_up_is_refused() -> None:
    with pytest.raises(ValueError, match="within the fit of 700"):
        with_steps(load_stage2_recipe("pelvic-mri"), 100)
