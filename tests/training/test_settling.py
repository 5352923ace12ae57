"""The end of stage 2: an exact gradient, steps that go down, and a run that can be resumed."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from tests.training.discs import disc_pictures, second_stage
from tests.training.states import changed
from u3edu.model.u3net import U3Net
from u3edu.training import settling, settling_objective
from u3edu.training.loss_settings import ReaderLossConfig, SettlingConfig
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.settling import settle
from u3edu.training.settling_objective import Evaluated, Objective, one_after_the_other
from u3edu.training.settling_sample import sample
from u3edu.training.stage2 import network_for_stage2
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture, draw

BESIDE = [replace(picture, tiles=picture.tiles[:1]) for picture in disc_pictures()[:2]]


@pytest.fixture
def config() -> Stage2Config:
    changes = {
        "reader": ReaderLossConfig(components=2, component_weight=0.5),
        "settling": SettlingConfig(iterations=6, sample_iterations=6, mse=20.0),
        "grain_filters": 2,
    }
    return second_stage().model_copy(update=changes)


@pytest.fixture
def network(start: U3Net, config: Stage2Config) -> U3Net:
    """With grain that is not at strength zero any more."""
    network = network_for_stage2(start, config)
    torch.nn.init.normal_(network.decoder.unet.grain.strength.weight, std=0.2)
    return network


def objective(config: Stage2Config, network: U3Net, fabric: Fabric) -> Objective:
    return Objective(config, network, disc_pictures(), BESIDE, FeatureDistance(), fabric)


def test_against_numpy(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    losses = objective(config, network, fabric).evaluate().losses
    pictures, distance = disc_pictures(), FeatureDistance()

    def made(picture: WholePicture) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            drawn, plain = draw(picture, network.decoder, network)
        return drawn[0, 0].numpy(), plain[0, 0].numpy()

    def features(images: list[np.ndarray]) -> np.ndarray:
        with torch.no_grad():
            stages = distance.features(torch.from_numpy(np.stack(images))[:, None])
        flat = [stage.flatten(2).double().numpy() for stage in stages]
        return np.concatenate([part for one in flat for part in (one.mean(2), one.std(2))], axis=1)

    tiles = [(index, tile) for index, picture in enumerate(pictures) for tile in picture.tiles]
    drawn = [made(picture)[0] for picture in pictures]
    real = features([pictures[index].pixels[tile] for index, tile in tiles])
    scale = real.std(axis=0, ddof=1) + 1e-4
    standardised = (real - real.mean(axis=0)) / scale
    covariance = standardised.T @ standardised / len(real)
    variances, directions = np.linalg.eigh(covariance)
    places = (standardised @ (directions[:, :-3:-1] / np.sqrt(variances[:-3:-1]))).clip(-3, 3)
    away = (features([drawn[index][tile] for index, tile in tiles]) - real) / scale
    means = np.column_stack([np.ones(len(tiles)), places]).T @ away / len(tiles)
    squares = np.einsum("cf,fg,cg->c", means, np.linalg.inv(covariance + 0.5 * np.eye(len(scale))), means)
    assert np.isclose(losses["reader"], squares[0] + 0.5 * squares[1:].sum(), rtol=1e-2)

    error = 0.0
    for shown in (pictures, BESIDE):
        pairs = [(picture, tile) for picture in shown for tile in picture.tiles]
        for picture, tile in pairs:
            error += 20 * np.mean((made(picture)[1][tile] - picture.pixels[tile]) ** 2) / len(pairs)
    assert np.isclose(losses["mse"], error, rtol=1e-4)


def test_the_gradient_is_the_slope(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    asked = objective(config, network, fabric)
    _, gradient, deviation = asked.evaluate()
    parameters = list(network.decoder.parameters())
    sizes = [parameter.numel() for parameter in parameters]
    here = [parameter.detach().clone() for parameter in parameters]

    def height(step: float) -> float:
        ways = (step * gradient / gradient.norm()).split(sizes)
        with torch.no_grad():
            for parameter, from_, way in zip(parameters, here, ways, strict=True):
                parameter.copy_(from_ + way.view(from_.shape))
        return sum(asked.evaluate().losses.values())

    slope = (height(2e-3) - height(-2e-3)) / 4e-3
    assert slope == pytest.approx(gradient.norm().item(), rel=0.02)
    # Of sums over three pictures and two crops.
    assert torch.all(deviation * 5**0.5 >= gradient.abs() * (1 - 1e-3))


def test_it_goes_down_and_leaves_the_encoder(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    totals: list[float] = []
    before = {name: value.clone() for name, value in network.encoder.state_dict().items()}

    def note(step: int, losses: dict[str, float], now: U3Net) -> None:
        assert step == len(totals)
        assert now is network
        totals.append(sum(losses.values()))

    seen = sample(config, network, disc_pictures(), BESIDE, 0)

    def now() -> float:
        return sum(Objective(config, network, *seen, FeatureDistance(), fabric).evaluate().losses.values())

    first = now()
    settled = settle(config, network, disc_pictures(), BESIDE, fabric, report=note)
    assert settled is network
    assert len(totals) == 6
    assert all(later <= earlier for earlier, later in zip([first, *totals], totals, strict=False))
    assert totals[-1] < 0.5 * first
    assert not changed(before, settled.encoder.state_dict())
    assert now() == pytest.approx(totals[-1], rel=1e-5)


def test_a_step_that_leads_up_is_shortened_and_where_none_leads_down_it_stays(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights: list[float] = []
    evaluate, numbers = Objective.evaluate, count(1)

    def noted(self: Objective) -> Evaluated:
        heights.append(math.inf)
        found = evaluate(self)
        heights[-1] = sum(found.losses.values())
        return found

    def higher_each_time(self: Objective) -> Evaluated:
        return evaluate(self)._replace(losses={"reader": float(next(numbers))})

    monkeypatch.setattr(Objective, "evaluate", noted)
    # All parameters in a unit that makes steps much too long.
    monkeypatch.setattr(settling, "unit_of", lambda deviation: torch.full_like(deviation, 30.0))
    ends: list[float] = []

    def note(step: int, losses: dict[str, float], now: U3Net) -> None:
        ends.append(sum(losses.values()))

    settle(config, network, disc_pictures(), BESIDE, fabric, report=note)
    assert max(heights[1:]) > heights[0]
    assert all(later < earlier for earlier, later in zip([heights[0], *ends], ends, strict=False))
    assert len(ends) == 6
    monkeypatch.setattr(Objective, "evaluate", higher_each_time)
    state = {name: value.clone() for name, value in network.state_dict().items()}
    ends.clear()
    settle(config, network, disc_pictures(), BESIDE, fabric, report=note)
    assert not ends
    assert not changed(state, network.state_dict())


def test_a_step_to_where_nothing_is_a_number_is_shortened(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = [parameter.detach().clone() for parameter in network.decoder.parameters()]
    evaluate = Objective.evaluate
    looked: list[float] = []

    def near_the_start_alone(self: Objective) -> Evaluated:
        now = network.decoder.parameters()
        looked.append(max((one - own).abs().max().item() for one, own in zip(now, start, strict=True)))
        if looked[-1] > 0.01:
            raise FloatingPointError("settling: no longer a number: reader")
        return evaluate(self)

    monkeypatch.setattr(Objective, "evaluate", near_the_start_alone)
    monkeypatch.setattr(settling, "unit_of", lambda deviation: torch.full_like(deviation, 30.0))
    totals: list[float] = []

    def note(step: int, losses: dict[str, float], now: U3Net) -> None:
        totals.append(sum(losses.values()))

    settle(config, network, disc_pictures(), BESIDE, fabric, report=note)
    assert max(looked) > 0.01
    assert totals
    assert all(later < earlier for earlier, later in pairwise(totals))
    assert max(totals) < 1e6
    moved = zip(network.decoder.parameters(), start, strict=True)
    assert 0 < max((one - own).abs().max().item() for one, own in moved) <= 0.01


def test_a_gradient_that_is_no_number_is_said(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(parts: Sequence[torch.Tensor]) -> torch.Tensor:
        return one_after_the_other(parts) * torch.nan

    monkeypatch.setattr(settling_objective, "one_after_the_other", broken)
    with pytest.raises(FloatingPointError, match="no longer a number: gradient"):
        objective(config, network, fabric).evaluate()


# Within a sample, and where the next one is drawn: what a step wrote is of the one before it.
@pytest.mark.parametrize("killed_at", [3, 4])
def test_a_resumed_run_ends_like_an_uninterrupted_one(
    start: U3Net, config: Stage2Config, fabric: Fabric, tmp_path: Path, killed_at: int
) -> None:
    class Killed(Exception):
        pass

    def kill(step: int, losses: dict[str, float], network: U3Net) -> None:
        if step == killed_at:
            raise Killed

    def begin() -> U3Net:
        torch.manual_seed(0)
        return network_for_stage2(start, config)

    rest = (disc_pictures(), BESIDE, fabric)
    several = config.settling.model_copy(update={"sample_iterations": 2, "sample_every": 2})
    config = config.model_copy(update={"settling": several})
    whole = settle(config, begin(), *rest)
    checkpoint = tmp_path / "settling.ckpt"
    with pytest.raises(Killed):
        settle(config, begin(), *rest, checkpoint=checkpoint, report=kill)
    resumed = settle(config, begin(), *rest, checkpoint=checkpoint)
    assert not changed(whole.state_dict(), resumed.state_dict())
    # More iterations go on from there; other weights don't.
    steps: list[int] = []
    more = config.model_copy(update={"settling": config.settling.model_copy(update={"iterations": 7})})
    settle(more, begin(), *rest, checkpoint=checkpoint, report=lambda step, *_: steps.append(step))
    assert steps == [6]
    with pytest.raises(ValueError, match="from other weights; move the file away"):
        settle(config, resumed, *rest, checkpoint=checkpoint)


def test_the_next_sample_is_not_learned_by_the_step_that_leads_to_it(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    optimisers: list[torch.optim.LBFGS] = []
    begin = torch.optim.LBFGS.__init__

    def noted(self: torch.optim.LBFGS, *rest: object, **named: object) -> None:
        begin(self, *rest, **named)  # type: ignore[arg-type]
        optimisers.append(self)

    monkeypatch.setattr(torch.optim.LBFGS, "__init__", noted)
    numbers: list[int] = []

    def sampled(*asked: Any) -> tuple[list[WholePicture], list[WholePicture]]:
        numbers.append(asked[-1])
        return sample(*asked)

    monkeypatch.setattr(settling, "sample", sampled)
    steps: list[int] = []
    three = config.settling.model_copy(update={"sample_iterations": 2})
    settle(
        config.model_copy(update={"settling": three}),
        network,
        disc_pictures(),
        BESIDE,
        fabric,
        report=lambda step, *_: steps.append(step),
    )
    assert numbers == [0, 1, 2]
    assert steps == [0, 1, 2, 3, 4, 5]
    # Of five steps between six points, two lead from one sample to the next.
    ((state,),) = (optimiser.state.values() for optimiser in optimisers)
    assert len(state["old_dirs"]) == 3


def test_a_sample_has_some_tiles_of_some_pictures(network: U3Net, config: Stage2Config) -> None:
    pictures = [replace(picture, grain=float(index)) for index, picture in enumerate(disc_pictures() * 4)]
    pictures[3] = replace(pictures[3], tiles=())
    settings = {
        "settling": SettlingConfig(iterations=1, sample_every=3),
        "reader": config.reader.model_copy(update={"grids": 2}),
    }
    config = config.model_copy(update=settings)
    shown, mirrored, tiles, firsts = set(), set(), set(), set()
    for number in range(40):
        drawn, beside = sample(config, network, pictures, pictures, number)
        indices = [int(picture.grain) for picture in drawn]
        assert 3 not in indices
        places = [index - (index > 3) for index in indices]
        assert all(later - earlier == 3 for earlier, later in pairwise(places))
        firsts.add(places[0])
        shown.update(indices)
        for picture in drawn:
            original = pictures[int(picture.grain)]
            assert len(picture.tiles) == 2
            for tile in picture.tiles:
                found = [
                    (turned, place)
                    for turned, whole in enumerate((original, original.mirrored()))
                    for place, there in enumerate(whole.tiles)
                    if np.array_equal(picture.pixels[tile], whole.pixels[there])
                ]
                ((turned, place),) = found
                mirrored.add(turned)
                tiles.add(place)
        assert [len(picture.tiles) for picture in beside] == [1] * len(beside)
    assert firsts == {0, 1, 2}
    assert shown == set(range(12)) - {3}
    assert mirrored == {0, 1}
    assert tiles == set(range(5))
    again = sample(config, network, pictures, pictures, 39)[0]
    assert all(np.array_equal(one.pixels, own.pixels) for one, own in zip(again, drawn, strict=True))


def test_no_tile_and_no_number_are_said(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    bare = [replace(picture, tiles=()) for picture in disc_pictures()]
    with pytest.raises(ValueError, match="no slice with a tile of 32 pixels"):
        settle(config, network, bare, [], fabric)
    with torch.no_grad():
        network.decoder.unet.head.bias.fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="settling: no longer a number: reader"):
        settle(config, network, disc_pictures(), [], fabric)
