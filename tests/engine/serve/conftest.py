"""A real service on loopback for all tests, with a small model of random weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.engine.networks import SMALL, card_for, random_network
from tests.engine.serve.fake_hub import FakeHub, fake_hub
from tests.engine.serve.running import Service
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.model.weights import save_weights


def small_weights(path: Path, seed: int = 0) -> Path:
    """Weights of a small network with grain, and their card."""
    config = SMALL.model_copy(update={"noise_seed": 5, "encoder_blur": 0.9})
    network = random_network(config, seed)
    for layer in network.decoder.unet.noise:
        torch.nn.init.normal_(layer.strength.weight, std=0.3)
    save_weights(path, network, card_for(config))
    return path


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_weights(tmp_path_factory.mktemp("weights") / "small.safetensors")


@pytest.fixture(scope="session")
def local(weights: Path) -> LocalEngine:
    return load_engine(str(weights), device="cpu")


@pytest.fixture(scope="session")
def hub() -> Iterator[FakeHub]:
    with fake_hub() as hub:
        yield hub


def settings_for(weights: Path, hub: FakeHub) -> dict[str, object]:
    """Two models' places, one of them taken; users may ask 40 times at once, and then once a second."""
    model = {
        "weights": str(weights),
        "deployment": {"num_replicas": 1, "ray_actor_options": {"num_cpus": 0.5}},
    }
    return {
        "models": [model],
        "front": {"ray_actor_options": {"num_cpus": 0.1}},
        "hub_api_url": hub.api_url,
        "requests_per_second": 1,
        "burst": 40,
        "largest_side": 320,
    }


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, weights: Path, hub: FakeHub) -> Iterator[Service]:
    pytest.importorskip("ray", reason="the shared engine needs ray: pip install 'u3edu[serve]'")
    service = Service(tmp_path_factory.mktemp("service"), settings_for(weights, hub))
    service.start()
    yield service
    service.stop()
