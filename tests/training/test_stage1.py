"""Stage 1 learns, can be stopped and resumed, and each of its losses reaches the parameters."""

from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from u3edu.model.u3net import U3Net
from u3edu.training.data import CropSampler, step_generator
from u3edu.training.loss_settings import LossWeights
from u3edu.training.recipe import load_recipe, recipe_names
from u3edu.training.stage1 import learning_rate, stage1_losses, train_stage1
from u3edu.training.stage1_batch import draw_batch
from u3edu.training.stage1_config import Stage1Config


def gradients_of(loss: str, config: Stage1Config, crops: CropSampler, fabric: Fabric) -> dict[str, float]:
    """Size of each parameter's gradient when only `loss` counts."""
    torch.manual_seed(0)
    network = U3Net(config.model)
    generator = step_generator(0, 0)
    batch = draw_batch(config.model_copy(update={"batch": 4}), crops, generator, fabric)
    stage1_losses(network, network, batch, config, generator)[loss].backward()
    return {
        name: 0.0 if parameter.grad is None else float(parameter.grad.abs().max())
        for name, parameter in network.named_parameters()
    }


@pytest.mark.parametrize("loss", ["cluster", "distance", "cross_view"])
def test_clustering_losses_move_the_encoder_and_leave_the_decoder(
    loss: str, config: Stage1Config, crops: CropSampler, fabric: Fabric
) -> None:
    gradients = gradients_of(loss, config.model_copy(update={"margin": 10.0}), crops, fabric)
    encoder = [
        size for name, size in gradients.items() if name.startswith("encoder.") and name.endswith("weight")
    ]
    assert min(encoder) > 0
    assert all(size == 0 for name, size in gradients.items() if name.startswith("decoder."))


def test_reconstruction_moves_the_decoder_and_through_the_quantizer_the_encoder(
    config: Stage1Config, crops: CropSampler, fabric: Fabric
) -> None:
    gradients = gradients_of("reconstruction", config, crops, fabric)
    assert min(size for name, size in gradients.items() if name.endswith("weight")) > 0


def test_every_loss_has_a_weight(config: Stage1Config, crops: CropSampler, fabric: Fabric) -> None:
    network, generator = U3Net(config.model), step_generator(0, 0)
    batch = draw_batch(config, crops, generator, fabric)
    losses = stage1_losses(network, network, batch, config, generator)
    assert set(losses) == set(LossWeights.model_fields)


class Recorder(torch.nn.Module):
    """Stands for a network: notes what it sees, and answers with given labels and pictures."""

    def __init__(self, labels: torch.Tensor, reconstruction: torch.Tensor) -> None:
        super().__init__()
        self.answer = torch.zeros(len(labels), 4, *labels.shape[1:]), labels, reconstruction

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        self.seen = images
        return self.answer


def test_targets_are_transformed_geometrically_and_photometrically_clean(
    config: Stage1Config, crops: CropSampler, fabric: Fabric
) -> None:
    changes = {"geometric": {"flip": 1.0, "affine": "none"}, "photometric": "strong"}
    config = Stage1Config.model_validate(config.model_dump() | changes)
    mirrored = crops.batch(config.batch, step_generator(3, 0)).flip(3).repeat(2, 1, 1, 1)
    generator = step_generator(3, 0)
    batch = draw_batch(config, crops, generator, fabric)
    assert torch.allclose(batch.clean, mirrored, atol=1e-4)
    assert (batch.views - batch.clean).abs().mean() > 0.05
    first, second = batch.views.chunk(2)
    assert not torch.equal(first, second)
    model = Recorder(torch.zeros(4, 32, 32, dtype=torch.int64), mirrored)
    losses = stage1_losses(model, U3Net(config.model), batch, config, generator)
    assert torch.equal(model.seen, batch.views)
    assert losses["reconstruction"].item() < 1e-8


def test_labels_of_the_other_view_are_retransformed_by_the_geometric_maps_alone(
    config: Stage1Config, crops: CropSampler, fabric: Fabric
) -> None:
    """Labels that follow the picture through both maps agree; what the colours do plays no part."""
    changes = {"geometric": "strong", "photometric": "strong", "batch": 4}
    config = Stage1Config.model_validate(config.model_dump() | changes)
    generator = step_generator(4, 0)
    batch = draw_batch(config, crops, generator, fabric)
    network = U3Net(config.model)
    quantizer = network.encoder.quantizer
    quantizer.initialised.fill_(True)

    def cross_view(labels: torch.Tensor) -> float:
        """The loss where every pixel's embedding is exactly the mean of its label."""
        quantizer.means[:, 0] = torch.arange(4.0)  # which the step before has moved
        model = Recorder(labels, batch.clean)
        model.answer = quantizer.look_up(labels), labels, batch.clean
        return stage1_losses(model, network, batch, config, generator, settling=True)["cross_view"].item()

    # The clean view's own brightness, in four steps: the same tissue has the same label in both views.
    followed = cross_view(torch.bucketize(batch.clean[:, 0], torch.tensor([-0.5, 0.05, 0.6])))
    jittered = cross_view(torch.bucketize(batch.views[:, 0], torch.tensor([-0.5, 0.05, 0.6])))
    swapped = cross_view(torch.bucketize(batch.clean[:, 0].flip(0), torch.tensor([-0.5, 0.05, 0.6])))
    assert followed < 0.3 * min(jittered, swapped)


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


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_a_gpu_gives_the_losses_of_the_cpu(config: Stage1Config, crops: CropSampler) -> None:
    seen: dict[str, list[dict[str, float]]] = {"cpu": [], "cuda": []}
    for device, losses_by_step in seen.items():
        train_stage1(
            config,
            crops,
            Fabric(accelerator=device, devices=1, precision="32-true"),
            report=lambda _, losses, __, into=losses_by_step: into.append(losses),  # type: ignore[misc]
        )
    assert len(seen["cuda"]) == config.steps
    for cpu, cuda in zip(seen["cpu"], seen["cuda"], strict=True):
        assert all(abs(cpu[name] - cuda[name]) < 1e-2 for name in cpu)


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
