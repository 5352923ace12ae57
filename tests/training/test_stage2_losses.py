"""Stage 2: what each loss reaches, and who learns when."""

import math
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from tests.training.states import State, changed, state_of
from u3edu.model.discriminator import Discriminator, Judgement, judge
from u3edu.model.u3net import U3Net
from u3edu.training.data import LabelledCrops
from u3edu.training.loss_settings import DecoderLossWeights, DiscriminatorLossWeights
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.stage2 import learning_rate, network_for_stage2, train_stage2
from u3edu.training.stage2_batch import draw_batch
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.stage2_losses import (
    cutmix_ramp,
    decoder_losses,
    discriminator_losses,
    reader_of,
    weigh_discriminator_losses,
)

# Whole pictures have tests of their own.
OF_CROPS = [name for name in DecoderLossWeights.model_fields if name != "whole_reader"]


def losses_of(
    network: U3Net,
    discriminator: Discriminator,
    config: Stage2Config,
    labelled: LabelledCrops,
    fabric: Fabric,
) -> dict[str, torch.Tensor]:
    """The losses of the decoder's turn on the first batch."""

    def judge_frozen(images: torch.Tensor) -> Judgement:
        return judge(discriminator, images)

    batch, distance = draw_batch(config, labelled, 0, fabric), FeatureDistance()
    quantized = network.encoder.quantizer.look_up(batch.labels)
    plain, grain = network.decoder(quantized, batch.noise_seeds, apart=True).chunk(2, dim=1)
    reader = reader_of(labelled, distance, config, fabric.device)
    return decoder_losses(judge_frozen, batch, plain + grain, plain, config, distance, reader)


@pytest.mark.parametrize("name", OF_CROPS)
def test_each_loss_of_the_decoder_moves_it_and_leaves_the_rest(
    name: str, second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    alone = DecoderLossWeights(**(dict.fromkeys(DecoderLossWeights.model_fields, 0.0) | {name: 1.0}))
    config = second_config.model_copy(update={"decoder_weights": alone})
    network = network_for_stage2(start, config)
    discriminator = Discriminator(config.discriminator).requires_grad_(False)
    losses = losses_of(network, discriminator, config, labelled, fabric)
    assert set(losses) == {name}
    losses[name].backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in network.decoder.parameters())
    assert all(parameter.grad is None for parameter in network.encoder.parameters())
    assert all(parameter.grad is None for parameter in discriminator.parameters())


@pytest.mark.parametrize("name", OF_CROPS)
def test_losses_pixel_by_pixel_do_not_hold_grain_down(
    name: str, second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    alone = DecoderLossWeights(**(dict.fromkeys(DecoderLossWeights.model_fields, 0.0) | {name: 1.0}))
    config = second_config.model_copy(update={"decoder_weights": alone, "grain_filters": 2})
    network = network_for_stage2(start, config)
    assert network.decoder.unet.grain is not None
    losses_of(network, Discriminator(config.discriminator), config, labelled, fabric)[name].backward()
    gradient = network.decoder.unet.grain.strength.weight.grad
    assert gradient is not None
    assert bool(gradient.any()) == (name not in ("mse", "focal_frequency"))


@pytest.mark.parametrize("name", list(DiscriminatorLossWeights.model_fields))
def test_each_loss_of_the_discriminator_moves_it_and_leaves_the_decoder(
    name: str, second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    network = network_for_stage2(start, second_config)
    discriminator = Discriminator(second_config.discriminator)
    batch = draw_batch(second_config, labelled, 0, fabric)
    reconstruction = network.decoder(network.encoder.quantizer.look_up(batch.labels), batch.noise_seeds)
    losses = discriminator_losses(discriminator, batch, reconstruction.detach(), with_cutmix=True)
    losses[name].backward()
    # Consistency compares pixels alone; everything else is judged as a whole, too.
    reached = {parameter for parameter, value in discriminator.named_parameters() if value.grad is not None}
    everything = {parameter for parameter, _ in discriminator.named_parameters()}
    assert everything - reached == ({"whole.weight", "whole.bias"} if name == "consistency" else set())
    assert all(parameter.grad is None for parameter in network.parameters())


def test_turns_leave_the_other_alone_and_both_leave_the_encoder(
    second_config: Stage2Config,
    start: U3Net,
    labelled: LabelledCrops,
    fabric: Fabric,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Weights are noted at every optimiser step, of which each must change its own part alone."""
    built: list[Discriminator] = []

    def build(*arguments: object) -> Discriminator:
        built.append(Discriminator(*arguments))  # type: ignore[arg-type]
        return built[-1]

    networks: list[U3Net] = []

    def prepare(*arguments: object) -> U3Net:
        networks.append(network_for_stage2(*arguments))  # type: ignore[arg-type]
        return networks[-1]

    monkeypatch.setattr("u3edu.training.stage2.Discriminator", build)
    monkeypatch.setattr("u3edu.training.stage2.network_for_stage2", prepare)
    turns: list[tuple[bool, bool, bool]] = []
    step_of = torch.optim.Adam.step

    def noted(self: torch.optim.Adam, *arguments: object, **options: object) -> object:
        parts = (networks[0].encoder, networks[0].decoder, built[0])
        before = [state_of(part) for part in parts]
        result = step_of(self, *arguments, **options)  # type: ignore[arg-type]
        after = [part.state_dict() for part in parts]
        encoder, decoder, discriminator = (bool(changed(a, b)) for a, b in zip(before, after, strict=True))
        turns.append((encoder, decoder, discriminator))
        return result

    monkeypatch.setattr(torch.optim.Adam, "step", noted)
    train_stage2(second_config, start, labelled, fabric)
    discriminators, decoders = (False, False, True), (False, True, False)
    warm_up, rest = second_config.warm_up, second_config.steps - second_config.warm_up
    assert turns == [discriminators] * warm_up + [discriminators, decoders] * rest


def test_the_encoder_and_the_norms_stay_as_stage_1_left_them(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    before = state_of(start)
    trained = train_stage2(second_config, start, labelled, fabric).state_dict()
    assert not changed(before, start.state_dict())
    moved = changed(before, trained)
    assert moved
    assert all(name.startswith("decoder.") and "running" not in name for name in moved)


def test_in_the_warm_up_only_the_discriminator_learns(
    second_config: Stage2Config, start: U3Net, labelled: LabelledCrops, fabric: Fabric
) -> None:
    losses_by_step: list[set[str]] = []
    decoders: list[State] = []

    def report(step: int, losses: dict[str, float], network: U3Net) -> None:
        losses_by_step.append(set(losses))
        decoders.append(state_of(network.decoder))

    train_stage2(second_config, start, labelled, fabric, report=report)
    assert losses_by_step[:3] == [{"discriminator", "told_apart"}] * 3
    assert not changed(decoders[0], decoders[2])
    assert changed(decoders[2], decoders[3])


def test_without_a_loss_that_listens_to_it_there_is_no_discriminator(
    second_config: Stage2Config,
    start: U3Net,
    labelled: LabelledCrops,
    fabric: Fabric,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*arguments: object, **options: object) -> None:
        raise AssertionError("the discriminator was asked")

    monkeypatch.setattr("u3edu.training.stage2.discriminator_losses", never)
    weights = DecoderLossWeights(perceptual=0, intermediate=0, generator=0, spectrum=1)
    config = second_config.model_copy(update={"decoder_weights": weights, "warm_up": 0, "steps": 3})
    seen: list[set[str]] = []
    network = train_stage2(
        config,
        start,
        labelled,
        fabric,
        checkpoint=tmp_path / "stage2.ckpt",
        report=lambda step, losses, network: seen.append(set(losses)),
    )
    assert seen == [{"mse", "focal_frequency", "spectrum"}] * 3
    stored = fabric.load(tmp_path / "stage2.ckpt")
    assert {"decoder", "averaged"} < set(stored) and not any("discriminator" in name for name in stored)
    assert changed(start.decoder.state_dict(), network.decoder.state_dict())


def test_cutmix_waits_for_the_warm_up_and_grows(second_config: Stage2Config) -> None:
    ramp = [cutmix_ramp(second_config, step) for step in range(10)]
    assert ramp == [0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1]
    losses = {name: torch.tensor(1.0) for name in DiscriminatorLossWeights.model_fields}
    assert weigh_discriminator_losses(losses, second_config, 5).item() == 1 + 0.5 + 0.5


def test_the_rate_stays_and_then_falls_to_zero(second_config: Stage2Config) -> None:
    config = second_config.model_copy(update={"steps": second_config.learns_from + 100})
    rates = [learning_rate(config, config.learns_from + step) for step in (0, 50, 75, 100)]
    assert rates[:2] == [config.learning_rate] * 2
    assert math.isclose(rates[2], config.learning_rate / 2) and math.isclose(rates[3], 0, abs_tol=1e-12)


@pytest.mark.parametrize("turn", ["discriminator", "generator"])
def test_a_loss_that_is_no_number_is_named_and_stops_the_run(
    turn: str,
    second_config: Stage2Config,
    start: U3Net,
    labelled: LabelledCrops,
    fabric: Fabric,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nan = torch.tensor(float("nan"))
    monkeypatch.setattr(f"u3edu.training.stage2_losses.{turn}_loss", lambda *_: nan)
    with pytest.raises(FloatingPointError, match=f"no longer a number: {turn};"):
        train_stage2(second_config, start, labelled, fabric)


def test_texture_needs_the_backbone(second_config: Stage2Config) -> None:
    changes = {"decoder_weights": {"texture": 1.0}, "perceptual_network": "lpips"}
    with pytest.raises(ValueError, match="efficientnet-lite0"):
        Stage2Config.model_validate(second_config.model_dump() | changes)
