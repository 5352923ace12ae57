"""Stage 1 learns, can be stopped and resumed, and each of its losses reaches the parameters."""

from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from u3edu.model.u3net import U3Net
from u3edu.training.config import LossWeights, Stage1Config, load_recipe, recipe_names
from u3edu.training.data import CropSampler, step_generator
from u3edu.training.stage1 import learning_rate, stage1_losses, train_stage1


def gradients_of(loss: str, config: Stage1Config, crops: CropSampler) -> dict[str, float]:
    """Size of each parameter's gradient when only `loss` counts."""
    torch.manual_seed(0)
    network = U3Net(config.model)
    generator = step_generator(0, 0)
    images = crops.batch(4, generator)
    stage1_losses(network, network, images, config, generator)[loss].backward()
    return {
        name: 0.0 if parameter.grad is None else float(parameter.grad.abs().max())
        for name, parameter in network.named_parameters()
    }


@pytest.mark.parametrize("loss", ["cluster", "distance", "cross_view"])
def test_clustering_losses_move_the_encoder_and_leave_the_decoder(
    loss: str, config: Stage1Config, crops: CropSampler
) -> None:
    gradients = gradients_of(loss, config.model_copy(update={"margin": 10.0}), crops)
    encoder = [
        size for name, size in gradients.items() if name.startswith("encoder.") and name.endswith("weight")
    ]
    assert min(encoder) > 0
    assert all(size == 0 for name, size in gradients.items() if name.startswith("decoder."))


def test_reconstruction_moves_the_decoder_and_through_the_quantizer_the_encoder(
    config: Stage1Config, crops: CropSampler
) -> None:
    gradients = gradients_of("reconstruction", config, crops)
    assert min(size for name, size in gradients.items() if name.endswith("weight")) > 0


def test_every_loss_has_a_weight(config: Stage1Config, crops: CropSampler) -> None:
    network, generator = U3Net(config.model), step_generator(0, 0)
    losses = stage1_losses(network, network, crops.batch(2, generator), config, generator)
    assert set(losses) == set(LossWeights.model_fields)


def test_training_improves_the_reconstruction(
    config: Stage1Config, crops: CropSampler, fabric: Fabric
) -> None:
    seen: list[float] = []
    train_stage1(
        config.model_copy(update={"steps": 200}),
        crops,
        fabric,
        report=lambda step, losses, network: seen.append(losses["reconstruction"]),
    )
    assert sum(seen[-10:]) < 0.3 * sum(seen[:10])


def test_a_resumed_run_ends_like_an_uninterrupted_one(
    config: Stage1Config, crops: CropSampler, fabric: Fabric, tmp_path: Path
) -> None:
    whole = train_stage1(config, crops, fabric)

    class Killed(Exception):
        pass

    def kill(step: int, losses: dict[str, float], network: U3Net) -> None:
        if step == 7:
            raise Killed

    checkpoint = tmp_path / "stage1.ckpt"
    with pytest.raises(Killed):
        train_stage1(config, crops, fabric, checkpoint=checkpoint, checkpoint_every=3, report=kill)
    steps: list[int] = []
    resumed = train_stage1(
        config, crops, fabric, checkpoint=checkpoint, report=lambda step, *_: steps.append(step)
    )
    assert steps == list(range(6, 12))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_checkpoint_of_other_settings_is_refused(
    config: Stage1Config, crops: CropSampler, fabric: Fabric, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "stage1.ckpt"
    train_stage1(config, crops, fabric, checkpoint=checkpoint)
    with pytest.raises(ValueError, match="other settings"):
        train_stage1(config.model_copy(update={"margin": 2.0}), crops, fabric, checkpoint=checkpoint)


def test_a_loss_that_is_no_number_stops_the_run(
    config: Stage1Config, crops: CropSampler, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    nan = torch.tensor(float("nan"))
    monkeypatch.setattr("u3edu.training.stage1.reconstruction_loss", lambda *_: nan)
    with pytest.raises(FloatingPointError, match="step 0"):
        train_stage1(config, crops, fabric)


def test_learning_rate_warms_up_and_falls_to_zero() -> None:
    config = Stage1Config(name="x", modality="MR", steps=1000, learning_rate=1.0)
    rates = [learning_rate(config, step) for step in range(1000)]
    assert rates[0] < 0.02
    assert max(rates) > 0.9
    assert rates[-1] < 1e-4


def test_recipes_name_themselves_and_differ_in_jitter() -> None:
    recipes = {name: load_recipe(name) for name in recipe_names()}
    assert set(recipes) == {"chest-ct", "pelvic-mri"}
    for name, recipe in recipes.items():
        assert recipe.name == name
    # A brightness jitter that suits MR would shift CT by hundreds of HU.
    assert recipes["chest-ct"].photometric.brightness * 4096 <= 25
    assert recipes["pelvic-mri"].photometric.brightness > recipes["chest-ct"].photometric.brightness


def test_an_unknown_recipe_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match="chest-ct, pelvic-mri"):
        load_recipe("knee")
