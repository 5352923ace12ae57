"""The end of stage 2: what a decoder settles for, steps that go down, and a run that can be resumed."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from tests.training.discs import disc_pictures, second_stage
from tests.training.states import changed
from u3edu.model.u3net import U3Net
from u3edu.training.curvature import Step
from u3edu.training.loss_settings import ReaderLossConfig, SettlingConfig
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.settling import settle
from u3edu.training.settling_objective import Looked, Objective, one_after_the_other
from u3edu.training.settling_sample import sample
from u3edu.training.settling_state import Settled
from u3edu.training.stage2 import network_for_stage2
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture, draw

BESIDE = [replace(picture, tiles=picture.tiles[:1]) for picture in disc_pictures()[:2]]


@pytest.fixture
def config() -> Stage2Config:
    changes = {
        "reader": ReaderLossConfig(components=2, component_weight=0.5),
        "settling": SettlingConfig(steps=6, mse=20.0),
        "grain_filters": 2,
    }
    return second_stage().model_copy(update=changes)


@pytest.fixture
def network(start: U3Net, config: Stage2Config) -> U3Net:
    """With grain that is not at strength zero any more."""
    network = network_for_stage2(start, config)
    torch.nn.init.normal_(network.decoder.unet.grain.strength.weight, std=0.2)
    return network


def real_features(config: Stage2Config) -> RealFeatures:
    with torch.no_grad():
        real = [
            one.statistics(one.original(torch.device("cpu")), FeatureDistance()) for one in disc_pictures()
        ]
    return RealFeatures(torch.cat(real), config.reader)


@pytest.fixture
def objective(config: Stage2Config, network: U3Net) -> Objective:
    known, distance = real_features(config), FeatureDistance()
    return Objective(config, network, disc_pictures(), BESIDE, known, distance)


def test_against_numpy(network: U3Net, objective: Objective) -> None:
    looked = objective.look()
    losses = objective.losses(*looked)
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
    assert np.allclose(looked.difference, means, rtol=1e-3, atol=1e-3)
    assert np.isclose(losses["reader"], squares[0] + 0.5 * squares[1:].sum(), rtol=1e-2)

    error = 0.0
    for shown in (pictures, BESIDE):
        pairs = [(picture, tile) for picture in shown for tile in picture.tiles]
        for picture, tile in pairs:
            error += 20 * np.mean((made(picture)[1][tile] - picture.pixels[tile]) ** 2) / len(pairs)
    assert np.isclose(losses["mse"], error, rtol=1e-4)


def test_the_gradient_is_the_slope(objective: Objective) -> None:
    here = one_after_the_other([parameter.detach() for parameter in objective.parameters])
    gradient = objective.gradient(objective.look().difference)

    def height(step: float) -> float:
        objective.move_to(here + step * gradient / gradient.norm())
        return sum(objective.losses(*objective.look()).values())

    slope = (height(2e-3) - height(-2e-3)) / 4e-3
    assert slope == pytest.approx(gradient.norm().item(), rel=0.02)


def test_a_mean_that_is_known_better_takes_the_place_of_the_samples(objective: Objective) -> None:
    own = objective.look().difference
    reader = objective.gradient(own) - objective.gradient(torch.zeros_like(own))
    assert torch.allclose(
        objective.gradient(3 * own) - objective.gradient(2 * own), reader, rtol=1e-3, atol=1e-4
    )


def test_the_still_grid_has_a_mean_of_its_own(network: U3Net, config: Stage2Config) -> None:
    known, distance = real_features(config), FeatureDistance()
    pictures = [replace(picture, still=2) for picture in disc_pictures()]
    still = config.model_copy(update={"settling": config.settling.model_copy(update={"still": 0.5})})

    def looked(pictures: list[WholePicture], config: Stage2Config) -> torch.Tensor:
        return Objective(config, network, pictures, BESIDE, known, distance).look().difference

    both = looked(pictures, still)
    alone = looked([replace(picture, tiles=picture.tiles[:2]) for picture in pictures], config)
    others = looked([replace(picture, tiles=picture.tiles[2:]) for picture in pictures], config)
    assert torch.allclose(both[:-1], others, rtol=1e-3, atol=1e-4)
    assert torch.allclose(both[-1], alone[0], rtol=1e-3, atol=1e-4)
    objective = Objective(still, network, pictures, BESIDE, known, distance)
    without = torch.cat([both[:-1], torch.zeros_like(both[-1:])])
    of_both, of_others = (objective.losses(one, 0.0)["reader"] for one in (both, without))
    expected = 0.5 * (both[-1] @ known.inverse @ both[-1]).item()
    assert of_both - of_others == pytest.approx(expected, rel=1e-3)


def test_it_goes_down_and_leaves_the_encoder(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    totals: list[float] = []
    before = {name: value.clone() for name, value in network.encoder.state_dict().items()}

    def note(step: int, losses: dict[str, float], now: U3Net) -> None:
        assert step == len(totals)
        assert now is network
        totals.append(sum(losses.values()))

    everything = disc_pictures(), BESIDE, real_features(config), FeatureDistance()

    def now() -> float:
        objective = Objective(config, network, *everything)
        return sum(objective.losses(*objective.look()).values())

    first = now()
    settled = settle(config, network, disc_pictures(), BESIDE, fabric, report=note)
    assert settled is network
    assert len(totals) == 6
    assert now() < 0.5 * first
    assert not changed(before, settled.encoder.state_dict())


def settled(config: Stage2Config, network: U3Net, fabric: Fabric, steps: int) -> list[dict[str, float]]:
    """The losses after each step."""
    changes = {"settling": config.settling.model_copy(update={"steps": steps})}
    losses: list[dict[str, float]] = []
    settle(
        config.model_copy(update=changes),
        network,
        disc_pictures(),
        BESIDE,
        fabric,
        report=lambda step, found, now: losses.append(found),
    )
    return losses


def row_of(network: U3Net) -> torch.Tensor:
    return one_after_the_other([parameter.detach().clone() for parameter in network.decoder.parameters()])


class Valley:
    """Along a way it is a parabola: lowest at a place, as steep at 0 as `slope` says."""

    def __init__(self, lowest: float, wall: float = math.inf) -> None:
        self.lowest, self.wall, self.looks, self._at = lowest, wall, 0, 0.0

    def height(self, at: float) -> float:
        return (at - self.lowest) ** 2 if abs(at) < self.wall else math.nan

    def move_to(self, values: torch.Tensor) -> None:
        self._at = values[0].item()

    def look(self) -> Looked:
        self.looks += 1
        return Looked(torch.zeros(1), self.height(self._at))

    def losses(self, difference: torch.Tensor, error: float) -> dict[str, float]:
        return {"mse": error}


# Near the lowest point is near enough.
@pytest.mark.parametrize(
    ("lowest", "wall", "expected", "looks"),
    [(1.0, math.inf, 1.0, 1), (0.3, math.inf, 0.3, 2), (3.0, math.inf, 2.0, 2), (0.3, 0.5, 0.2, 3)],
)
def test_how_far_a_step_goes_is_asked_of_the_whole_sample(
    config: Stage2Config, lowest: float, wall: float, expected: float, looks: int
) -> None:
    layer, valley = torch.nn.Linear(1, 1), Valley(lowest, wall)
    torch.nn.init.zeros_(layer.weight)
    state = Settled(layer, real_features(config), config.settling)
    way = torch.tensor([1.0, 0.0])
    down = Step(way=way, turn=way, gain=1.0)
    gradient = -2 * lowest * way
    losses = state.take(down, valley, Looked(torch.zeros(1), valley.height(0)), gradient)  # type: ignore[arg-type]
    assert state.here[0].item() == pytest.approx(expected, rel=1e-3)
    assert losses["mse"] == pytest.approx((expected - lowest) ** 2, rel=1e-3, abs=1e-6)
    assert valley.looks == looks
    # Longer next time if it is trusted.
    if lowest == 1:
        assert state.damping < config.settling.damping


def test_uphill_it_stays_and_the_next_step_is_shorter(config: Stage2Config) -> None:
    layer, valley = torch.nn.Linear(1, 1), Valley(-1.0)
    torch.nn.init.zeros_(layer.weight)
    state = Settled(layer, real_features(config), config.settling)
    way = torch.tensor([1.0, 0.0])
    state.pool(-way)
    down = Step(way=way, turn=way, gain=1.0)
    losses = state.take(down, valley, Looked(torch.zeros(1), 1.0), 2 * way)  # type: ignore[arg-type]
    assert state.here[0] == 0
    assert losses == {"mse": 1.0}
    assert state.damping > config.settling.damping
    # The gradient of before counts no more.
    assert torch.equal(state.pool(2 * way), 2 * way)


def test_a_step_to_where_nothing_is_a_number_is_shortened(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, look = row_of(network), Objective.look
    away: list[float] = []

    def near_the_start_alone(self: Objective) -> Looked:
        away.append((row_of(network) - start).norm().item())
        found = look(self)
        return found if away[-1] < 0.9 * max(away) or not max(away) else found._replace(error=math.nan)

    monkeypatch.setattr(Objective, "look", near_the_start_alone)
    (losses,) = settled(config, network, fabric, steps=1)
    assert math.isfinite(sum(losses.values()))
    assert 0 < (row_of(network) - start).norm().item() < 0.9 * max(away)


def test_a_gradient_that_is_no_number_is_said(objective: Objective, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Objective, total: torch.Tensor) -> torch.Tensor:
        return torch.full((sum(one.numel() for one in self.parameters),), torch.nan)

    difference = objective.look().difference
    monkeypatch.setattr(Objective, "down", broken)
    with pytest.raises(FloatingPointError, match="no longer a number: gradient"):
        objective.gradient(difference)


def test_several_samples_are_known_together(
    network: U3Net, config: Stage2Config, fabric: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The mean of a sample is ten times its number, and 1 less once the first step is taken.
    known: list[float] = []
    still: list[float] = []
    gradient = Objective.gradient

    def noted(self: Objective, difference: torch.Tensor) -> torch.Tensor:
        known.append(difference[0, 0].item())
        still.append(difference[-1, 0].item())
        return gradient(self, difference)

    monkeypatch.setattr(Objective, "gradient", noted)
    samples: list[Objective] = []
    start = row_of(network)

    def look(self: Objective) -> Looked:
        if self not in samples:
            samples.append(self)
        moved = float(not torch.equal(row_of(network), start))
        return Looked(torch.full_like(self._nothing, 10.0 * len(samples) - moved), 0.0)

    monkeypatch.setattr(Objective, "look", look)
    changes = {"settling": config.settling.model_copy(update={"samples": 2, "still": 1.0})}
    settled(config.model_copy(update=changes), network, fabric, steps=3)
    # The first alone; then what the step changed in the second (-1) goes to it, and the mean is of both.
    second = (10 - 1 + 19) / 2
    assert known == pytest.approx([10, second, (second + 29) / 2])
    # Of the still grid each sample has all tiles.
    assert still == pytest.approx([10, 19, 29])


def test_a_resumed_run_ends_like_an_uninterrupted_one(
    start: U3Net, config: Stage2Config, fabric: Fabric, tmp_path: Path
) -> None:
    class Killed(Exception):
        pass

    def kill(step: int, losses: dict[str, float], network: U3Net) -> None:
        if step == 3:
            raise Killed

    def begin() -> U3Net:
        torch.manual_seed(0)
        return network_for_stage2(start, config)

    rest = (disc_pictures(), BESIDE, fabric)
    some = config.settling.model_copy(update={"sample_every": 2})
    config = config.model_copy(update={"settling": some})
    whole = settle(config, begin(), *rest)
    checkpoint = tmp_path / "settling.ckpt"
    with pytest.raises(Killed):
        settle(config, begin(), *rest, checkpoint=checkpoint, report=kill)
    resumed = settle(config, begin(), *rest, checkpoint=checkpoint)
    assert not changed(whole.state_dict(), resumed.state_dict())
    # More steps go on from there; other weights don't.
    steps: list[int] = []
    more = config.model_copy(update={"settling": config.settling.model_copy(update={"steps": 7})})
    settle(more, begin(), *rest, checkpoint=checkpoint, report=lambda step, *_: steps.append(step))
    assert steps == [6]
    with pytest.raises(ValueError, match="from other weights; move the file away"):
        settle(config, resumed, *rest, checkpoint=checkpoint)


def test_a_sample_has_some_tiles_of_some_pictures(network: U3Net, config: Stage2Config) -> None:
    pictures = [replace(picture, grain=float(index)) for index, picture in enumerate(disc_pictures() * 4)]
    pictures[3] = replace(pictures[3], tiles=())
    settings = {
        "settling": SettlingConfig(steps=1, sample_every=3, sample_grids=1),
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


def test_the_still_grid_is_in_each_sample(network: U3Net, config: Stage2Config) -> None:
    pictures = [replace(picture, still=2) for picture in disc_pictures()]
    changes = {
        "settling": SettlingConfig(steps=1, still=1.0, sample_grids=1),
        "reader": config.reader.model_copy(update={"grids": 2}),
    }
    config = config.model_copy(update=changes)
    others = set()
    for number in range(20):
        drawn, _ = sample(config, network, pictures, [], number)
        for picture, whole in zip(drawn, pictures, strict=True):
            assert picture.still == 2
            assert len(picture.tiles) == 4
            shown = [picture.pixels[tile] for tile in picture.tiles]
            assert all(
                np.array_equal(one, whole.pixels[tile])
                for one, tile in zip(shown[:2], whole.tiles[:2], strict=True)
            )
            for one in shown[2:]:
                (place,) = (
                    place for place, tile in enumerate(whole.tiles) if np.array_equal(one, whole.pixels[tile])
                )
                others.add(place)
    assert others == {2, 3, 4}


def test_no_tile_and_no_number_are_said(network: U3Net, config: Stage2Config, fabric: Fabric) -> None:
    bare = [replace(picture, tiles=()) for picture in disc_pictures()]
    with pytest.raises(ValueError, match="no slice with a tile of 32 pixels"):
        settle(config, network, bare, [], fabric)
    with torch.no_grad():
        network.decoder.unet.head.bias.fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="settling: no longer a number: reader"):
        settle(config, network, disc_pictures(), [], fabric)
