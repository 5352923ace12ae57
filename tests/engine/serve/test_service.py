"""The service over the wire: the local engine's pictures for those who may, words for all others."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.engine.edits import random_edits
from tests.engine.networks import random_label_map
from tests.engine.serve.conftest import small_weights
from tests.engine.serve.fake_hub import FakeHub
from tests.engine.serve.running import Service
from u3edu.engine.connection import Answer, Connections
from u3edu.engine.local import LocalEngine
from u3edu.engine.remote import RemoteEngine

PATIENT = 60.0


def ask(
    service: Service, path: str, token: str, method: str = "GET", content: bytes | None = None
) -> tuple[Answer, str]:
    """The answer, and the words of a refusal."""
    answer = Connections(service.url, 10**7).ask(method, path, token=token, within=PATIENT, content=content)
    words = json.loads(answer.content)["error"] if answer.status != 200 else ""
    return answer, words


@pytest.fixture
def model(local: LocalEngine) -> str:
    return f"/v1/models/{local.card.weights_sha256}"


@pytest.mark.parametrize("shape", [(200, 256), (197, 130), (9, 300)])
def test_pictures_are_those_of_the_local_engine(
    service: Service, weights: Path, local: LocalEngine, shape: tuple[int, int]
) -> None:
    remote = RemoteEngine(weights, service.url, f"hub-equal-{shape[0]}", limit=PATIENT)
    assert (remote.name, remote.elements, remote.halo) == (local.name, local.elements, local.halo)
    label_map = random_label_map(local, shape)
    picture, expected = remote.synthesize(label_map), local.synthesize(label_map)
    assert remote.note == "" and picture.acquisition == expected.acquisition
    assert np.abs(picture.pixels - expected.pixels).max() <= 1e-6
    for edited, box in random_edits(label_map, 12, seed=3) if min(shape) > 40 else ():
        picture = remote.resynthesize(picture, edited, box)
        expected = local.resynthesize(expected, edited, box)
        assert remote.note == ""
        assert np.abs(picture.pixels - expected.pixels).max() <= 1e-6
        label_map = edited


def test_a_call_without_a_known_token_is_refused(service: Service, model: str) -> None:
    for token in ("", "wrong", service.token[:-1], service.token + "x"):
        answer, words = ask(service, model, token)
        assert answer.status == 401 and "token" in words


def test_the_services_own_token_and_those_of_the_hub_are_taken(
    service: Service, hub: FakeHub, model: str
) -> None:
    for token in (service.token, "hub-anna", "hub-anna", "hub-anna"):
        assert ask(service, model, token)[0].status == 200
    assert hub.asked["hub-anna"] == 1
    assert hub.asked[service.token] == 0


def test_a_hub_that_is_away_is_said_and_those_who_are_known_go_on(
    service: Service, hub: FakeHub, model: str
) -> None:
    assert ask(service, model, "hub-known")[0].status == 200
    hub.away = True
    try:
        assert ask(service, model, "hub-known")[0].status == 200
        answer, words = ask(service, model, "hub-stranger")
        assert answer.status == 503 and "Hub" in words and answer.headers["Retry-After"]
    finally:
        hub.away = False
    assert ask(service, model, "hub-stranger")[0].status == 200


def test_one_user_has_a_limit_and_others_do_not_feel_it(service: Service, model: str) -> None:
    answers = [ask(service, model, "hub-greedy")[0] for _ in range(60)]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and all(answer.status in (200, 429) for answer in answers)
    assert all(answer.status == 200 for answer in answers[:40])
    assert 1 <= int(refused[-1].headers["Retry-After"]) <= 2
    assert "more requests than one user may make" in json.loads(refused[-1].content)["error"]
    assert ask(service, model, "hub-modest")[0].status == 200


def test_a_notebook_with_other_weights_is_told_and_draws_for_itself(service: Service, tmp_path: Path) -> None:
    other = small_weights(tmp_path / "other.safetensors", seed=1)
    remote = RemoteEngine(other, service.url, "hub-other", limit=PATIENT)
    label_map = random_label_map(remote.local, (64, 64))
    picture = remote.synthesize(label_map)
    assert np.array_equal(picture.pixels, remote.local.synthesize(label_map).pixels)
    assert "weights are others than the service's" in remote.note and "this kernel drew" in remote.note
    answer, _ = ask(service, f"/v1/models/{remote.card.weights_sha256}", "hub-other")
    assert answer.status == 409


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04nonsense",
        b'{"shape":[64,64],"cutout":[0,0,64,64],"box":[0,0,64,64]}\n',
        b'{"shape":[64,64],"cutout":[0,0,64,64],"box":[0,0,64,65]}\n' + zlib.compress(bytes(64 * 64)),
        b'{"shape":[640,64],"cutout":[0,0,64,64],"box":[0,0,4,4]}\n' + zlib.compress(bytes(64 * 64)),
        b'{"shape":[64,64],"cutout":[0,0,64,64],"box":[0,0,64,64]}\n' + zlib.compress(b"\xff" * 64 * 64),
    ],
)
def test_a_malformed_request_is_refused_in_words(service: Service, model: str, content: bytes) -> None:
    answer, words = ask(service, f"{model}/boxes", "hub-careless", "POST", content)
    assert answer.status == 400 and words


def test_an_oversized_request_is_refused(service: Service, model: str) -> None:
    answer, words = ask(service, f"{model}/boxes", "hub-large", "POST", bytes(2 * 10**5))
    assert answer.status == 413 and "at most" in words


def test_other_paths_are_refused_and_health_needs_no_token(service: Service, model: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/v1/models"), ("POST", model), ("GET", f"{model}/boxes")):
        answer, words = ask(service, path, "hub-lost", method, b"" if method == "POST" else None)
        assert answer.status == 404 and "GET /health" in words
    assert ask(service, "/health", "")[0].content == b"ok"
