"""The models that ship, drawn by the service: the pictures of the kernel's own engine, stroke by stroke."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.engine.edits import random_edits
from tests.engine.serve.running import Service
from u3edu.engine.local import load_engine
from u3edu.engine.remote import RemoteEngine
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.sample import sample_series
from u3edu.imaging.slice import Slice
from u3edu.model.weights import shipped_models, weights_path


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    pytest.importorskip("ray", reason="the shared engine needs ray: pip install 'u3edu[serve]'")
    models = [
        {"weights": name, "deployment": {"num_replicas": 1, "ray_actor_options": {"num_cpus": 0.5}}}
        for name in shipped_models()
    ]
    front = {"ray_actor_options": {"num_cpus": 0.1}}
    settings = {"models": models, "front": front, "requests_per_second": 1000, "burst": 1000}
    service = Service(tmp_path_factory.mktemp("shipped"), settings)
    service.start()
    yield service
    service.stop()


def picture_for(model: str) -> Slice:
    """Something to draw: a slice of the sample series, or a phantom."""
    return sample_series(model)[30] if model == "chest-ct" else pelvic_phantom(3, shape=(320, 320)).picture


@pytest.mark.parametrize("model", shipped_models())
def test_a_shipped_model_draws_the_same_there_and_here(shipped: Service, model: str) -> None:
    local = load_engine(model, device="cpu")
    remote = RemoteEngine(weights_path(model), shipped.url, shipped.token, limit=60.0)
    label_map = local.segment(picture_for(model))
    picture, expected = remote.synthesize(label_map), local.synthesize(label_map)
    differences = [np.abs(picture.pixels - expected.pixels).max()]
    for edited, box in random_edits(label_map, 20, seed=3):
        picture = remote.resynthesize(picture, edited, box)
        expected = local.resynthesize(expected, edited, box)
        assert remote.note == ""
        differences.append(np.abs(picture.pixels - expected.pixels).max())
    print(f"{model}: whole picture {differences[0]:.2g}, 20 strokes at most {max(differences):.2g}")
    # Of a range of 2. Boxes of the kernel's own differ in the same last bits (decision 18).
    assert max(differences) <= 1e-5, differences
