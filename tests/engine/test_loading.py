"""Which engine a notebook gets."""

import subprocess
import sys

import pytest

from u3edu.engine.loading import load_engine
from u3edu.engine.local import LocalEngine
from u3edu.engine.remote import RemoteEngine
from u3edu.model.weights import UnusableWeights

URL = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("U3EDU_ENGINE_URL", "U3EDU_ENGINE_TOKEN", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_address_the_kernel_draws() -> None:
    assert isinstance(load_engine("pelvic-mri"), LocalEngine)


def test_with_an_address_the_shared_engine_draws_unless_a_device_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_URL", URL)
    engine = load_engine("pelvic-mri")
    assert isinstance(engine, RemoteEngine) and engine.url == URL
    assert isinstance(load_engine("pelvic-mri", device="cpu"), LocalEngine)


@pytest.mark.parametrize(
    ("own", "hub", "used"), [("mine", "hubs", "mine"), ("", "hubs", "hubs"), ("", "", "")]
)
def test_calls_bring_the_engines_token_or_else_the_hubs(
    monkeypatch: pytest.MonkeyPatch, own: str, hub: str, used: str
) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_URL", URL)
    monkeypatch.setenv("U3EDU_ENGINE_TOKEN", own)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", hub)
    engine = load_engine("pelvic-mri")
    assert isinstance(engine, RemoteEngine) and engine._token == used


def test_mistakes_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_URL", "engine:8000")
    with pytest.raises(ValueError, match="http://engine:8000"):
        load_engine("pelvic-mri")
    monkeypatch.setenv("U3EDU_ENGINE_URL", URL)
    with pytest.raises(UnusableWeights, match="no model is called"):
        load_engine("no-such-model")


def test_a_kernel_that_uses_the_shared_engine_loads_neither_torch_nor_ray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_URL", URL)
    code = (
        "import sys, u3edu; from u3edu.widgets import Painter; u3edu.load_engine('pelvic-mri');"
        "found = {'torch', 'ray', 'starlette'} & set(sys.modules); assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
