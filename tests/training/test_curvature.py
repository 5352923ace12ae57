"""Gauss-Newton products against derivatives taken one by one, and coordinates that even curvature out."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.training.discs import disc_pictures, first_network, second_stage
from u3edu.model.u3net import U3Net
from u3edu.training.curvature import Curvature
from u3edu.training.kronecker import Factors, inverse_root
from u3edu.training.loss_settings import ReaderLossConfig, SettlingConfig
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.settling_objective import Objective, one_after_the_other
from u3edu.training.stage2 import network_for_stage2


@pytest.fixture(scope="module")
def objective() -> Objective:
    changes = {
        "reader": ReaderLossConfig(components=1, component_weight=0.5),
        "settling": SettlingConfig(steps=1, mse=20.0),
        "grain_filters": 2,
    }
    config = second_stage().model_copy(update=changes)
    network: U3Net = network_for_stage2(first_network(), config)
    torch.nn.init.normal_(network.decoder.unet.grain.strength.weight, std=0.2)
    pictures, distance = disc_pictures(), FeatureDistance()
    with torch.no_grad():
        real = [one.statistics(one.original(torch.device("cpu")), distance) for one in pictures]
    known = RealFeatures(torch.cat(real), config.reader)
    return Objective(config, network.eval(), pictures[:2], pictures[2:], known, distance)


@pytest.fixture(scope="module")
def curvature(objective: Objective) -> Curvature:
    return Curvature(objective, np.random.default_rng(0))


def random_way(objective: Objective, seed: int) -> Tensor:
    size = sum(one.numel() for one in objective.parameters)
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))


def test_a_product_curves_as_the_squares_do(objective: Objective, curvature: Curvature) -> None:
    one, other = random_way(objective, 1), random_way(objective, 2)
    here = one_after_the_other([parameter.detach() for parameter in objective.parameters])

    def change(way: Tensor) -> tuple[Tensor, list[Tensor]]:
        small = 3e-4 * here.norm() / way.norm()
        sides = []
        for sign in (1, -1):
            objective.move_to(here + sign * small * way)
            with torch.no_grad():
                sides.append(list(objective.outputs()))
        objective.move_to(here)
        pairs = list(zip(*sides, strict=True))
        mean = objective.mean(above.difference - below.difference for above, below in pairs)
        return mean / (2 * small), [(above.plain - below.plain) / (2 * small) for above, below in pairs]

    (mean, plain), (other_mean, other_plain) = change(one), change(other)
    for (a, tiles), (b, other_tiles) in [
        ((mean, plain), (mean, plain)),
        ((mean, plain), (other_mean, other_plain)),
    ]:
        expected = (a * objective.slope(b)).sum()
        for index, (own, others) in enumerate(zip(tiles, other_tiles, strict=True)):
            expected += 2 * objective.error_weight(index) * (own * others).mean()
        way = one if b is mean else other
        assert (one @ curvature.times(way)).item() == pytest.approx(expected.item(), rel=0.05)


def test_a_step_ends_where_the_damped_quadratic_is_lowest(objective: Objective, curvature: Curvature) -> None:
    gradient = objective.gradient(objective.look().difference)
    down = curvature.step(gradient, damping=1e3, products=20)
    assert torch.allclose(
        curvature.times(down.way), down.turn, rtol=0.05, atol=0.02 * down.turn.norm().item()
    )
    promised = -(gradient @ down.way + down.way @ down.turn / 2).item()
    assert down.gain == pytest.approx(promised, rel=0.02)
    assert down.gain > 0
    shorter = curvature.step(gradient, damping=1e5, products=20)
    assert shorter.way.norm() < 0.5 * down.way.norm()
    assert shorter.gain < down.gain


def test_a_layer_alone_is_curved_alike_in_all_directions() -> None:
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(3, 4, kernel_size=3))
    numbers = np.random.default_rng(0)
    mixed, spread = torch.diag(torch.tensor([1.0, 2.0, 4.0])), torch.diag(torch.tensor([0.5, 1.0, 2.0, 5.0]))
    factors = Factors(layer, numbers)
    gradients = []
    with factors.followed():
        for _ in range(2000):
            inputs = torch.einsum("ij,bjrc->birc", mixed, torch.randn(1, 3, 3, 3))
            target = torch.einsum("ij,bjrc->birc", spread, torch.randn(1, 4, 1, 1))
            parts = torch.autograd.grad((layer(inputs) * target).sum(), list(layer.parameters()))
            gradients.append(one_after_the_other(parts))
            factors.add(gradients[-1] / 2000)
    coordinates = factors.coordinates()
    mapped = torch.stack([coordinates(gradient) for gradient in gradients])
    before = torch.linalg.eigvalsh(torch.stack(gradients).T @ torch.stack(gradients) / 2000)
    after = torch.linalg.eigvalsh(mapped.T @ mapped / 2000)

    assert before[-1] / before[0] > 500
    assert after[-1] / after[0] < 20
    one, other = torch.randn(112), torch.randn(112)
    assert (one @ coordinates(other)).item() == pytest.approx((coordinates(one) @ other).item(), rel=1e-3)


def test_an_inverse_root() -> None:
    values = torch.randn(5, 40)
    matrix = values @ values.T / 40
    root = inverse_root(matrix)
    ridged = matrix + 0.01 * matrix.diagonal().mean() * torch.eye(5)
    assert torch.allclose(root @ ridged @ root, torch.eye(5), atol=1e-4)
